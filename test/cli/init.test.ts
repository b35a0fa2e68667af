import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { type } from '../support/cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('init', () => {
  test('writes a file that loads, and says what comes next', async () => {
    const path = join(folder, 'mesh.yaml');
    const { code, stderr, stdout } = await type(['init', '--output', path]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(`wrote ${path}
Next: fill in your own values, then
  mesh-cert-monitor check --config ${path} --offline   judges the files
  mesh-cert-monitor check --config ${path}             makes the handshake with MESH too
  mesh-cert-monitor serve --config ${path}             keeps watch
`);
    expect(statSync(path).mode & 0o777 & ~0o644).toBe(0);
    expect((await loadConfiguration(path)).environments.length).toBeGreaterThan(0);
  });

  test('writes the same to stdout, and nothing else', async () => {
    const path = join(folder, 'same.yaml');
    await type(['init', '--output', path]);
    expect(await type(['init'])).toEqual({ code: 0, stdout: readFileSync(path, 'utf8'), stderr: '' });
  });

  test('never overwrites', async () => {
    const path = join(folder, 'mine.yaml');
    writeFileSync(path, 'mine');
    expect(await type(['init', '--output', path])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error: ${path}: the file already exists, and was not changed\nChoose another name with --output, or move the file first.\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('names a folder that is not there', async () => {
    const path = join(folder, 'nowhere', 'mesh.yaml');
    const { code, stderr } = await type(['init', '--output', path]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: `error: ${path}: there is no such folder\n` });
  });

  test('quotes a path that the shell would split', async () => {
    const path = join(folder, "the file's name.yaml");
    const { stderr } = await type(['init', '--output', path]);
    expect(stderr).toContain(`--config '${path.replace("'", "'\\''")}' --offline`);
  });
});
