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
Next: fill in your own values, and set the variables that it names, then
  mesh-cert-monitor request --config ${path} --environment integration   asks for the first certificate, if there is none
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
    const printed = { code: 0, stdout: readFileSync(path, 'utf8'), stderr: '' };
    expect(await type(['init'])).toEqual(printed);
    expect(await type(['init', '--output', '-'])).toEqual(printed);
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

  const values = {
    '--environment': 'production',
    '--mailbox': 'X26ABC9',
    '--ods-code': '01E',
    '--application': 'Mavis: live #1',
    '--contact-name': "Ada O'Hara",
    '--contact-email': 'ada@example.nhs.uk',
    '--contact-telephone': '0113 000 0000',
    '--files': 'certs/live files',
  };
  const expected = {
    application: 'Mavis: live #1',
    odsCode: '01E',
    contact: { name: "Ada O'Hara", email: 'ada@example.nhs.uk', telephone: '0113 000 0000' },
    environments: [
      {
        name: 'production',
        preset: 'production',
        mesh: { mailboxId: 'X26ABC9', verifyServer: true, password: { kind: 'env', name: 'MESH_LIVE_PASSWORD' } },
        credential: {
          kind: 'pem',
          certificate: { kind: 'file', path: expect.stringMatching(/certs\/live files\/client\.pem$/) },
          passphrase: { kind: 'env', name: 'MESH_LIVE_KEY_PASSPHRASE' },
        },
      },
    ],
  };

  test('takes every answer as an option, and writes a file that loads with it', async () => {
    const path = join(folder, 'options.yaml');
    const { code, stderr } = await type(['init', '--output', path, ...Object.entries(values).flat()]);
    expect(code).toBe(0);
    expect(stderr).toContain(`request --config ${path} --environment production`);
    expect(await loadConfiguration(path)).toMatchObject(expected);
  });

  test('asks for the same on a terminal, again for what has no proposal', async () => {
    const path = join(folder, 'asked.yaml');
    const [environment, mailbox, ...rest] = Object.values(values);
    const { code } = await type(['init', '--output', path], { answers: [environment!, '', mailbox!, ...rest] });
    expect(code).toBe(0);
    expect(await loadConfiguration(path)).toMatchObject(expected);
  });

  test('proposes a folder for each environment, so that two can be in one file', async () => {
    const path = join(folder, 'proposed.yaml');
    const { '--files': _, ...others } = values;
    await type(['init', '--output', path, ...Object.entries(others).flat()]);
    const [production] = (await loadConfiguration(path)).environments;
    expect(production?.credential).toMatchObject({
      certificate: { path: join(folder, 'certs/production/client.pem') },
      privateKey: { path: join(folder, 'certs/production/private_key.pem') },
      caBundle: { path: join(folder, 'certs/production/ca_bundle.pem') },
    });
  });

  test('for a sandbox needs no credential, and has nothing to request', async () => {
    const path = join(folder, 'sandbox.yaml');
    const { code, stderr } = await type([
      'init',
      '--output',
      path,
      ...Object.entries({ ...values, '--environment': 'sandbox' }).flat(),
    ]);
    expect(code).toBe(0);
    expect(stderr).not.toContain('request');
    const [sandbox] = (await loadConfiguration(path)).environments;
    expect(sandbox).toMatchObject({ mesh: { verifyServer: false } });
    expect(sandbox).not.toHaveProperty('credential');
  });

  test.each([
    ['a value is missing', { '--contact-email': undefined }, 'error: --contact-email is missing'],
    ['a value cannot be used', { '--ods-code': 'not a code' }, 'ods_code: expected an ODS code'],
  ])('writes nothing when %s', async (what, change, message) => {
    const path = join(folder, `${what}.yaml`);
    const options = Object.entries({ ...values, ...change }).flatMap(([flag, value]) => (value ? [flag, value] : []));
    const { code, stderr } = await type(['init', '--output', path, ...options]);
    expect(code).toBe(3);
    expect(stderr).toContain(message);
    expect(() => statSync(path)).toThrow();
  });
});
