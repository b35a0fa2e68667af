import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNhsLikePki, date, type PkiFiles, writePki } from '../support/pki.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '..', '..');
const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync('docs/library.md', 'utf8')) ?? [];
let files: PkiFiles;

/** A program of someone else's, beside whose files the package is installed. */
beforeAll(async () => {
  files = await writePki(await createNhsLikePki({ now: date('2027-06-01') }));
  mkdirSync(join(files.directory, 'node_modules', '@types'), { recursive: true });
  symlinkSync(project, join(files.directory, 'node_modules', 'mesh-cert-monitor'), 'dir');
  symlinkSync(
    join(project, 'node_modules', '@types', 'node'),
    join(files.directory, 'node_modules', '@types', 'node'),
    'dir',
  );
  writeFileSync(join(files.directory, 'package.json'), '{ "type": "module" }');
});
afterAll(() => files.remove());

test('the example of the library page runs as it stands', async () => {
  writeFileSync(join(files.directory, 'example.js'), example);
  const env = { ...process.env, KEY_PASSPHRASE: files.passphrase };
  const { stderr, stdout } = await run(process.execPath, ['example.js'], { cwd: files.directory, env });
  expect({ stderr, stdout }).toEqual({ stderr: '', stdout: 'true []\n' });
});

test('the example of the library page has types, and a misspelt part has none', async () => {
  const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'] };
  const check = (source: string) => {
    writeFileSync(join(files.directory, 'example.ts'), source);
    writeFileSync(join(files.directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example.ts'] }));
    return run(process.execPath, [join(project, 'node_modules', 'typescript', 'bin', 'tsc')], { cwd: files.directory });
  };
  const use = "console.log(inspection.findings[0]?.code === 'chain_untrusted', inspection.daysLeft?.toFixed());\n";
  const typed = example.replace('process.env.KEY_PASSPHRASE', "process.env.KEY_PASSPHRASE ?? ''");
  expect((await check(typed + use)).stdout).toBe('');
  await expect(check(typed.replace('caBundle:', 'cabundle:'))).rejects.toMatchObject({
    stdout: expect.stringContaining("'cabundle' does not exist"),
  });
  // The compiler runs twice.
}, 180_000);
