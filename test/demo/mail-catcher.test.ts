import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startMailCatcher } from '../../src/demo/mail-catcher.ts';

const folder = join(tmpdir(), 'mesh-cert-monitor-no-mail');
const failing = (error: Error) =>
  startMailCatcher(
    folder,
    () => {},
    () => Promise.reject(error),
  );

test('without its optional package the mail catcher says what to install, and writes nothing', async () => {
  const missing = await failing(
    Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }),
  ).catch((error: unknown) => error);
  expect(missing).toMatchObject({ name: 'MissingPackageError' });
  expect(String(missing)).toContain('npm install smtp-server');
  expect(existsSync(folder)).toBe(false);
});

test('what else goes wrong while the package is loaded is a bug, and stays one', async () => {
  const bug = new SyntaxError('unexpected token');
  await expect(failing(bug)).rejects.toBe(bug);
});
