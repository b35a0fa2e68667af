import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfiguration } from '../src/config/parse.ts';
import { type } from './support/cli.ts';

const readme = readFileSync('README.md', 'utf8');
const block = (language: string, containing: string) =>
  [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].find(
    ([, is, text]) => is === language && text!.includes(containing),
  )![2]!;

test('the example of inspect prints what the README says', async () => {
  const [, words] = /npm run --silent monitor -- (inspect[\s\S]*)/.exec(block('sh', 'inspect'))!;
  const { stdout, stderr, code } = await type(words!.replaceAll('\\\n', ' ').trim().split(/\s+/));
  expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
  expect(stdout).toBe(block('text', 'chain_order_wrong'));
});

test('the example configuration is one', () => {
  const text = block('yaml', 'environments:');
  expect(parse(text)).toHaveProperty('application');
  expect(() => parseConfiguration(text, '/etc/mesh-cert-monitor.yaml')).not.toThrow();
});

test.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('{docs,alerts,grafana}/*.md')])(
  'every link of %s leads to a file and a heading that exist',
  (page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split('#');
      const file = path === '' ? page : join(dirname(page), path!);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(file, 'utf8')), `${page}: ${target}`).toContain(anchor);
    }
  },
);

/** As the usual renderers make them from headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
