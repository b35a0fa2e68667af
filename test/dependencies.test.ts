/** docs/dependencies.md promises few dependencies, each with a reason and each in use: here it is held to that. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './support/source-files.ts';

const page = readFileSync('docs/dependencies.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies',
  Record<string, string> | undefined
>;
const optional = Object.keys(manifest.optionalDependencies ?? {});
const forStores = Object.keys(manifest.peerDependencies ?? {});
/** The build puts those that the program imports into it, so none of them is installed with it. */
const installedByUs = Object.keys(manifest.devDependencies ?? {}).filter((name) => !forStores.includes(name));

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

const inTheProgram = installedByUs.filter((name) => imported.has(name));
const forDevelopment = installedByUs.filter((name) => !imported.has(name));

describe('docs/dependencies.md', () => {
  test('lists exactly what package.json has', () => {
    expect(names('In the program').sort()).toEqual(inTheProgram.toSorted());
    expect(names('Optional').sort()).toEqual(optional.toSorted());
    expect(names('For secret stores').sort()).toEqual(forStores.toSorted());
    const types = forDevelopment.filter((name) => name.startsWith('@types/'));
    expect(types.length).toBeGreaterThan(0);
    expect(names('For development').sort()).toEqual(
      ['@types/*', ...forDevelopment.filter((name) => !types.includes(name))].sort(),
    );
  });

  test('gives a reason for each', () => {
    const all = ['In the program', 'Optional', 'For secret stores', 'For development'].flatMap(listed);
    for (const { name, reason } of all) expect(reason, name).toMatch(/\w{4}/);
  });
});

test('at most 15 packages are needed at run time', () => {
  expect(inTheProgram.length).toBeGreaterThan(0);
  expect(inTheProgram.length).toBeLessThanOrEqual(15);
});

test('the program imports only what the build puts into it, and what is optional', () => {
  expect([...imported].sort()).toEqual([...inTheProgram, ...optional, ...forStores].sort());
  expect(manifest.dependencies ?? {}).toEqual({});
});

test('the licence of every package in the program goes with it', () => {
  const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8');
  for (const name of inTheProgram) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  const packed = readdirSync('dist').filter((file) => file.endsWith('.js.map'));
  const sources = packed.flatMap((file) => JSON.parse(readFileSync(`dist/${file}`, 'utf8')).sources as string[]);
  const contained = new Set(
    sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  );
  expect(contained.size).toBeGreaterThan(40);
  for (const name of contained) expect(notices).toContain(`\n${name} `);
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
    expect(manifest.devDependencies?.[name], name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
