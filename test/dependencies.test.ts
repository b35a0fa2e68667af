/** docs/dependencies.md promises few dependencies, each with a reason and each in use: here it is held to that. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './support/source-files.ts';

const page = readFileSync('docs/dependencies.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies',
  Record<string, string>
>;
const atRunTime = Object.keys(manifest.dependencies);
const optional = Object.keys(manifest.optionalDependencies);
const forStores = Object.keys(manifest.peerDependencies);
const forDevelopment = Object.keys(manifest.devDependencies).filter((name) => !forStores.includes(name));

/** The packages of the table below a heading, and the reason beside each. */
function listed(heading: string): { readonly name: string; readonly reason: string }[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| (`.*?) \| (.*) \|$/gm)];
  return rows.flatMap(([, names = '', reason = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, reason })),
  );
}
const names = (heading: string) => listed(heading).map(({ name }) => name);

/** `@scope/name/inside` → `@scope/name`. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** What the compiled program imports: types leave no trace in it. */
const imported = new Set(
  sourceFiles().flatMap(({ path, text }) => [
    ...(path.endsWith('.tsx') ? ['preact'] : []),
    ...[
      ...text.matchAll(
        /^(?:import|export)(?! type)[^;]*?from '([^'.][^']*)';|^import '([^'.][^']*)';|\bimport\('([^'.][^']*)'\)/gm,
      ),
    ]
      .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
      .filter((specifier) => !specifier.startsWith('node:'))
      .map(packageOf),
  ]),
);

describe('docs/dependencies.md', () => {
  test('lists exactly what package.json has', () => {
    expect(names('At run time').sort()).toEqual(atRunTime.toSorted());
    expect(names('Optional').sort()).toEqual(optional.toSorted());
    expect(names('For secret stores').sort()).toEqual(forStores.toSorted());
    const types = forDevelopment.filter((name) => name.startsWith('@types/'));
    expect(types.length).toBeGreaterThan(0);
    expect(names('For development').sort()).toEqual(
      ['@types/*', ...forDevelopment.filter((name) => !types.includes(name))].sort(),
    );
  });

  test('gives a reason for each', () => {
    const all = ['At run time', 'Optional', 'For secret stores', 'For development'].flatMap(listed);
    for (const { name, reason } of all) expect(reason, name).toMatch(/\w{4}/);
  });
});

test('at most 15 packages are needed at run time', () => {
  expect(atRunTime.length).toBeLessThanOrEqual(15);
});

test('the program imports what is installed with it, and all of that', () => {
  expect([...imported].sort()).toEqual([...atRunTime, ...optional, ...forStores].sort());
});

test('what is optional is imported only when it is wanted', () => {
  for (const { path, text } of sourceFiles())
    for (const name of [...optional, ...forStores])
      expect(text, path).not.toMatch(new RegExp(`^import (?!type).*from '${name}'`, 'm'));
});

test('what only stores need is not installed unless somebody asks for it, and is there for the tests', () => {
  const meta = (manifest as unknown as { peerDependenciesMeta: Record<string, { optional?: boolean }> })
    .peerDependenciesMeta;
  for (const name of forStores) {
    expect(meta[name]?.optional, name).toBe(true);
    expect(manifest.devDependencies[name], name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
