import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type } from '../../support/cli.ts';
import { signRequest } from '../../support/pki.ts';
import { pendingRenewal } from '../../support/renewal/pending.ts';

async function setUp(policyIn: (folder: string) => object = () => ({})) {
  const renewal = await pendingRenewal();
  const config = join(renewal.folder, 'monitor.yaml');
  await writeFile(
    config,
    JSON.stringify({
      application: 'Mavis',
      ods_code: 'X26',
      contact: { name: 'Ada Lovelace', email: 'ada@example.org', telephone: '020 7946 0000' },
      state_dir: './state',
      environments: [
        {
          name: 'integration',
          preset: 'integration',
          mesh: { mailbox_id: 'X26ABC1', password: { env: 'MESH_PASSWORD' }, shared_key: { env: 'MESH_SHARED_KEY' } },
          credential: {
            certificate: { file: 'client.pem' },
            private_key: { file: 'private_key.pem' },
            passphrase: { env: 'PASSPHRASE' },
            ca_bundle: { file: 'ca_bundle.pem' },
          },
          renewal: policyIn(renewal.folder),
        },
      ],
    }),
  );
  const issued = join(renewal.folder, 'issued.pem');
  const notBefore = new Date(renewal.now.getTime() - 60_000);
  await writeFile(issued, (await signRequest(renewal.pki.sub, renewal.csrPem, { notBefore })).pem);
  const world = { env: { PASSPHRASE: renewal.passphrase, MESH_PASSWORD: 'planted-1', MESH_SHARED_KEY: 'planted-2' } };
  const accept = (file: string, ...more: string[]) =>
    type(['accept', '--config', config, '--environment', 'integration', file, ...more], world);
  return { renewal, issued, accept };
}

describe('accept', () => {
  test('says that it is the one, and where to put what', async () => {
    const { renewal, issued, accept } = await setUp();
    const { code, stdout, stderr } = await accept(issued);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { serialNumber } = new X509Certificate(await readFile(issued));
    expect(stdout.startsWith(`integration: ACCEPTED, serial ${serialNumber}, expires `)).toBe(true);
    expect(stdout).toContain(join(renewal.stateDir, 'pending'));
    expect(stdout).toContain(`cp --no-preserve=mode`);
    const [, command] = /\n {3}(mesh-cert-monitor accept .*)\n\nBy hand:\n/.exec(stdout) ?? [];
    expect(command).toMatch(/ --config \S+ --environment integration --install \S+issued\.pem$/);
    expect(stdout).not.toMatch(/planted|PRIVATE KEY/);
    expect(renewal.record().state).toBe('issued');
  });

  test('--install runs renewal.after_install once the files are in place, and shows what it says', async () => {
    const program =
      "console.log('restarted', require('node:fs').readFileSync(process.argv[1], 'utf8').includes('BEGIN CERTIFICATE'))";
    const command = [process.execPath, '--eval', program];
    const { issued, accept } = await setUp((folder) => ({ after_install: [...command, join(folder, 'client.pem')] }));
    const { code, stdout } = await accept(issued, '--install');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nInstalled:\n/);
    expect(stdout).toMatch(/\nrenewal\.after_install, .*, ended with code 0:\nrestarted true\n$/);
    expect(stdout).not.toContain('Restart or reload');
  });

  test('a command that fails is a warning, and the files stay in place; without --install it is not run', async () => {
    const { issued, accept } = await setUp(() => ({ after_install: ['/nowhere/restart'] }));
    expect((await accept(issued)).stdout).not.toContain('after_install');
    const { code, stdout } = await accept(issued, '--install', '--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'warning',
      accepted: true,
      afterInstall: { command: ['/nowhere/restart'], succeeded: false, end: 'could not be started (ENOENT)' },
    });
  });

  test.each([
    ['absent.pem', 'absent.pem does not exist'],
    ['/dev/zero', '/dev/zero is not a regular file'],
    ['.', '. is a directory'],
  ])('a path where there is nothing to read, %s, is an error of one line', async (path, reason) => {
    const { accept } = await setUp();
    expect(await accept(path)).toMatchObject({ code: 3, stdout: '', stderr: `error: ${reason}\n` });
  });

  test('says why it is not the one, and exits critical', async () => {
    const { renewal, accept } = await setUp();
    const { code, stdout } = await accept(join(renewal.folder, 'client.pem'));
    expect(code).toBe(2);
    expect(stdout).toBe(
      'integration: REFUSED; nothing was written\n  - this is the certificate that is being replaced, not a new one\n',
    );
  });

  test('in JSON, for scripts', async () => {
    const { renewal, issued, accept } = await setUp();
    const good = await accept(issued, '--format', 'json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      status: 'ok',
      environment: 'integration',
      accepted: true,
      reasons: [],
      certificate: { fingerprintSha256: expect.stringMatching(/^[0-9a-f]{64}$/), serial: expect.any(String) },
      files: { certificate: expect.stringContaining(renewal.stateDir) },
      install: null,
    });
    const bad = await accept(join(renewal.folder, 'ca_bundle.pem'), '--format', 'json');
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      status: 'critical',
      accepted: false,
      reasons: expect.arrayContaining(['this is a CA certificate, not the one that was asked for']),
      files: null,
    });
  });

  test('--install replaces the deployed files and says where the previous ones are', async () => {
    const { renewal, issued, accept } = await setUp();
    const { code, stdout } = await accept(issued, '--install');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Installed:\n {2}.*private_key\.pem \(the previous one: .*\)\n {2}.*client\.pem \(the previous one/,
    );
    expect((await renewal.deployed()).certificate).toBe(await readFile(issued, 'utf8'));
    const restart = /\nRestart or reload what reads these, .* the old certificate, which expires on \S+ \d/;
    expect(stdout).toMatch(restart);
    expect(stdout).toMatch(/which expires on .*\n\nTo go back:/);
    expect((await accept(issued, '--install')).stdout).toMatch(restart);
  });

  test('of a file that is not there is bad usage', async () => {
    const { renewal, accept } = await setUp();
    const { code, stderr } = await accept(join(renewal.folder, 'nothing.pem'));
    expect(code).toBe(3);
    expect(stderr).toContain('nothing.pem');
  });

  test('where nothing was ever asked is bad usage, and makes no state', async () => {
    const { renewal, issued } = await setUp();
    const config = join(renewal.folder, 'monitor.yaml');
    const text = (await readFile(config, 'utf8')).replace('./state', './elsewhere');
    await writeFile(config, text);
    const { code, stderr } = await type(['accept', '--config', config, '--environment', 'integration', issued]);
    expect(code).toBe(3);
    expect(stderr).toContain('no renewal has ever been recorded here');
  });
});
