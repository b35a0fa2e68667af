import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { limits } from '../../src/limits/index.ts';
import { samples } from '../support/config/samples.ts';

const directory = mkdtempSync(join(tmpdir(), 'mesh-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const minimal = samples('good').find(({ name }) => name === 'minimal.yaml')!.text;
const written = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};

test('load: reads the file through a symbolic link, and needs none of the secrets it names', async () => {
  written('real.yaml', minimal);
  symlinkSync('real.yaml', join(directory, 'link.yaml'));
  const configuration = await loadConfiguration(join(directory, 'link.yaml'));
  expect(configuration.path).toBe(join(directory, 'link.yaml'));
  expect(configuration.stateDir).toBe(join(directory, 'state'));
});

test('load: a byte order mark and Windows line ends do no harm', async () => {
  const path = written('windows.yaml', `\uFEFF${minimal.replaceAll('\n', '\r\n')}`);
  expect((await loadConfiguration(path)).application).toBe('Mavis');
});

test('load: a file that is not there is answered with how to make one', async () => {
  const path = join(directory, 'absent.yaml');
  await expect(loadConfiguration(path)).rejects.toThrow(
    `${path}: there is no such file; \`mesh-cert-monitor init --output FILE\` writes one to start from`,
  );
});

test('load: refuses a directory', async () => {
  await expect(loadConfiguration(directory)).rejects.toThrow(`${directory}: not a regular file`);
});

test('load: refuses a FIFO at once, though nobody writes to it', async () => {
  const path = join(directory, 'fifo');
  execFileSync('mkfifo', [path]);
  await expect(loadConfiguration(path)).rejects.toThrow(`${path}: not a regular file`);
});

test('load: refuses a file above 16 MiB without reading it', async () => {
  const path = written('large.yaml', '');
  truncateSync(path, limits.configurationBytes + 1);
  await expect(loadConfiguration(path)).rejects.toThrow(`${path}: larger than 16 MiB`);
});

test('load: refuses what is not UTF-8, as a £ in Latin-1 is not', async () => {
  const path = written('latin1.yaml', Buffer.from(minimal.replace('Mavis', '£avis'), 'latin1'));
  await expect(loadConfiguration(path)).rejects.toThrow(`${path}: not UTF-8 text`);
});

test('load: a path below a file, not a directory, is an error with its code', async () => {
  const path = join(written('plain.yaml', minimal), 'below.yaml');
  await expect(loadConfiguration(path)).rejects.toThrow(`${path}: not readable (ENOTDIR)`);
});
