import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startedModules } from '../../scripts/build/bundle.ts';
import { bundledName, packageFolder, servedFolder, startedModule, version } from '../../src/installation/index.ts';
import { startedModule as inTheSources } from '../../src/installation/places.ts';
import { sourceFiles } from '../support/source-files.ts';

test('the build knows every module that is started by itself', () => {
  const started = sourceFiles().flatMap(({ text }) =>
    [...text.matchAll(/^(?! \*).*\bstartedModule\('([^']+)'\)/gm)].map(([, path = '']) => path),
  );
  expect(started.length).toBeGreaterThan(2);
  expect(started.sort()).toEqual(startedModules.toSorted());
  for (const path of started) {
    expect(existsSync(join('dist', bundledName(path))), path).toBe(true);
    expect(existsSync(inTheSources(path)), path).toBe(true);
  }
});

test('what tests start has been bundled for them, from the sources', () => {
  const file = fileURLToPath(startedModule('examine/thread'));
  expect(file).toMatch(/node_modules\/\.cache\/started\/examine-thread\.js$/);
  expect(existsSync(file)).toBe(true);
});

test('the version and the folders are those of this package', () => {
  expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  expect(packageFolder).toBe(process.cwd());
  expect(existsSync(join(servedFolder('web/assets'), 'page.css'))).toBe(true);
});
