/** What `npm pack` makes, as people get it without the checkout. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

let packed: ReadonlySet<string>;
beforeAll(() => {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(said) as [{ files: { path: string }[] }];
  packed = new Set(files.map(({ path }) => path));
});

/** Links and images of a page that stay in the package: without anchors, and not to the web. */
const linksOf = (page: string) =>
  [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

const holds = (path: string) =>
  packed.has(path) || [...packed].some((each) => each.startsWith(`${path.replace(/\/$/, '')}/`));

describe('the package', () => {
  test('its pages link to nothing that is not in it', () => {
    const pages = [...packed].filter((path) => path.endsWith('.md'));
    expect(pages.length).toBeGreaterThan(20);
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !holds(normalize(`${dirname(page)}/${target}`)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('contains no sources and no tests', () => {
    expect([...packed].filter((path) => /^(src|test|scripts)\/|(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
  });

  test('names no address that is only a placeholder', () => {
    // Where it is published is only known to the release, which writes repository, homepage and bugs (docs/releases.md).
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
    expect(JSON.stringify([manifest.repository, manifest.homepage, manifest.bugs])).not.toMatch(/example|your-/i);
  });
});
