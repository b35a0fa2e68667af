import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/renewal/store/store.ts';
import { type Transcript, type } from '../../support/cli.ts';
import { zipOf } from '../../support/credential/zip.ts';
import { type NhsLikePki, nhsLikePki, signRequest } from '../../support/pki.ts';

let folder: string;
let config: string;
let pki: NhsLikePki;
let env: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-accept-first-'));
  config = join(folder, 'monitor.yaml');
  pki = await nhsLikePki();
  env = { PASSPHRASE: 'planted-passphrase' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);
const files = {
  certificate: { file: 'certs/new/client.pem' },
  private_key: { file: 'certs/new/private_key.pem' },
  ca_bundle: { file: 'ca_bundle.pem' },
};

function configure(credential: object = files): void {
  const contact = { name: 'Ada Lovelace', email: 'ada@example.org', telephone: '020 7946 0000' };
  const mesh = { mailbox_id: 'X26ABC1', password: 'planted-password', shared_key: 'planted-key' };
  const passphrase = { env: 'PASSPHRASE' };
  const environments = [
    { name: 'integration', preset: 'integration', mesh, credential: { ...credential, passphrase } },
  ];
  writeFileSync(
    config,
    JSON.stringify({ application: 'Mavis', ods_code: 'X26', contact, state_dir: 'state', environments }),
  );
}

async function run(...words: string[]): Promise<Transcript> {
  const said = await type([...words, '--config', config, '--environment', 'integration'], { env });
  expect(said.stdout + said.stderr).not.toMatch(/planted|PRIVATE KEY/);
  return said;
}

/** The request, and the certificate that the test CA issues for it. */
async function requested(): Promise<string> {
  expect((await run('request')).code).toBe(0);
  const store = openStore(inFolder('state'), { exclusive: false });
  const csr = readFileSync(join(folder, 'state', store.list()[0]!.csrFile!), 'utf8');
  store.close();
  return (await signRequest(pki.sub, csr, { notBefore: new Date(Date.now() - 60_000) })).pem;
}

function save(name: string, content: string | Uint8Array): string {
  writeFileSync(inFolder(name), content);
  return inFolder(name);
}

describe('accept, for the first certificate', () => {
  test('installs what came in a zip archive into folders that do not exist yet', async () => {
    configure();
    save('ca_bundle.pem', pki.bundlePem);
    const pem = await requested();
    const archive = zipOf([{ name: 'certificate.crt', content: pem, deflate: true }]);
    const { code, stdout } = await run('accept', save('reply.zip', archive), '--install');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `Installed:\n  ${inFolder('certs/new/private_key.pem')}\n  ${inFolder('certs/new/client.pem')}\n`,
    );
    expect(readFileSync(inFolder('certs/new/client.pem'), 'utf8')).toBe(pem);
    expect(statSync(inFolder('certs/new/client.pem')).mode & 0o777).toBe(0o644);
    expect(statSync(inFolder('certs/new/private_key.pem')).mode & 0o777).toBe(0o600);
    const again = await run('accept', save('again.pem', pem), '--install');
    expect(again.stdout).toContain('Installed already');
  });

  test('does not overwrite what was installed for another environment in the same place', async () => {
    configure();
    save('ca_bundle.pem', pki.bundlePem);
    const { environments, ...top } = JSON.parse(readFileSync(config, 'utf8'));
    const deployment = { ...environments[0], name: 'deployment', preset: 'deployment' };
    save('monitor.yaml', JSON.stringify({ ...top, environments: [...environments, deployment] }));
    const of = (environment: string, ...words: string[]) =>
      type([...words, '--config', config, '--environment', environment], { env });
    const replies: string[] = [];
    for (const environment of ['integration', 'deployment']) {
      expect((await of(environment, 'request')).code).toBe(0);
      const store = openStore(inFolder('state'), { exclusive: false });
      const csr = readFileSync(join(folder, 'state', store.list(environment)[0]!.csrFile!), 'utf8');
      store.close();
      const { pem } = await signRequest(pki.sub, csr, { notBefore: new Date(Date.now() - 60_000) });
      replies.push(save(`${environment}.pem`, pem));
    }
    const mixedUp = await of('deployment', 'accept', replies[0]!);
    expect([mixedUp.code, mixedUp.stdout]).toEqual([
      2,
      `deployment: REFUSED; nothing was written\n  - it is the answer to the request of integration, not of deployment. Run \`mesh-cert-monitor accept --config ${config} --environment integration ${replies[0]}\`\n`,
    ]);
    expect((await of('integration', 'accept', replies[0]!, '--install')).stdout).toContain('Installed:');
    const installed = ['client.pem', 'private_key.pem'].map((name) =>
      readFileSync(inFolder(`certs/new/${name}`), 'utf8'),
    );

    const { code, stdout, stderr } = await of('deployment', 'accept', replies[1]!, '--install');
    expect(code).toBe(1);
    expect(stderr).toContain('the same place as environments[0].credential.private_key');
    expect(stdout).toMatch(/NOT INSTALLED: .* is also configured for integration/);
    expect(stdout).not.toMatch(/^ +cp /m);
    expect(
      ['client.pem', 'private_key.pem'].map((name) => readFileSync(inFolder(`certs/new/${name}`), 'utf8')),
    ).toEqual(installed);
    const aside = await of('deployment', 'accept', replies[1]!);
    expect(aside.stdout).not.toMatch(/One command puts everything in place|^ +cp /m);

    // As the message says: places of its own.
    const own = { ...deployment.credential, certificate: { file: 'b/client.pem' }, private_key: { file: 'b/key.pem' } };
    save(
      'monitor.yaml',
      JSON.stringify({ ...top, environments: [...environments, { ...deployment, credential: own }] }),
    );
    expect((await of('deployment', 'accept', replies[1]!, '--install')).code).toBe(0);
    expect(readFileSync(inFolder('b/client.pem'), 'utf8')).toBe(readFileSync(replies[1]!, 'utf8'));
  });

  test('the commands in the instructions put the files where they belong', async () => {
    configure();
    save('ca_bundle.pem', pki.bundlePem);
    const { code, stdout } = await run('accept', save('reply.pem', await requested()));
    expect(code).toBe(0);
    for (const command of stdout.match(/^ {3}(?:mkdir|cp) .*/gm) ?? []) execFileSync('sh', ['-ec', command]);
    expect(existsSync(inFolder('certs/new/client.pem'))).toBe(true);
    expect(statSync(inFolder('certs/new/private_key.pem')).mode & 0o777).toBe(0o600);
    expect((await run('check', '--offline')).code).toBe(0);
  });

  test('trusts the shipped CA certificates where there is no bundle yet, and no root that came with it', async () => {
    configure();
    const pem = await requested();
    const { code, stdout } = await run('accept', save('reply.pem', pem + pki.sub.pem + pki.root.pem), '--install');
    expect(code).toBe(2);
    expect(stdout).toContain('REFUSED; nothing was written');
    expect(stdout).toContain('bundle');
    expect(existsSync(inFolder('ca_bundle.pem'))).toBe(false);
  });

  test('for variables says what to type, and what it says gives a value that can be read', async () => {
    configure({
      certificate: { env: 'MESH_CERTIFICATE' },
      private_key: { env: 'MESH_PRIVATE_KEY' },
      ca_bundle: { file: 'ca_bundle.pem' },
    });
    save('ca_bundle.pem', pki.bundlePem);
    const { code, stdout } = await run('accept', save('reply.pem', await requested()), '--install');
    expect(code).toBe(1);
    for (const name of ['MESH_CERTIFICATE', 'MESH_PRIVATE_KEY']) {
      expect(stdout).toContain(`copilot secret init --name ${name} --overwrite\n`);
      expect(stdout).toMatch(
        new RegExp(`aws ssm put-parameter --name ${name} --type SecureString --overwrite --value file:///\\S+\\.pem\n`),
      );
      const [, command = '', line = ''] =
        new RegExp(`variable ${name} is set\\.\n.*\n {3}(.* > (\\S+)\\))\n`).exec(stdout) ?? [];
      execFileSync('sh', ['-ec', command]);
      expect(statSync(line).mode & 0o777).toBe(0o600);
      env[name] = readFileSync(line, 'utf8');
      expect(env[name]).not.toContain('\n');
    }
    expect((await run('check', '--offline')).code).toBe(0);
  });
});
