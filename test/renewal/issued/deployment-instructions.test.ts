import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CredentialSources } from '../../../src/config/types.ts';
import { readCredential } from '../../../src/credential/read.ts';
import { deploymentInstructions } from '../../../src/renewal/issued/deployment-instructions.ts';
import { signRequest } from '../../support/pki.ts';
import { pendingRenewal } from '../../support/renewal/pending.ts';
import { certificateFacts, environmentOf, issued, named } from '../../support/renewal/samples.ts';
import { file, inline, variable } from '../../support/sources.ts';
import { needs } from '../../support/tools.ts';

const run = promisify(execFile);
const files = {
  certificate: '/var/lib/monitor/pending/client.pem',
  privateKey: '/var/lib/monitor/pending/private_key.pem',
  caBundle: '/var/lib/monitor/pending/ca_bundle.pem',
  instructions: '/var/lib/monitor/pending/INSTRUCTIONS.txt',
};
const authority = (commonName: string) => certificateFacts({ subject: named(commonName) });
const path = [issued, authority('Test INT Authentication G2'), authority('Test PTL Root Authority G2')];

const credentials: Record<string, CredentialSources> = {
  files: {
    kind: 'pem',
    certificate: file('/etc/mesh/client.pem'),
    privateKey: file("/etc/mesh/Ada's key.pem"),
    caBundle: file('/etc/mesh/ca_bundle.pem'),
  },
  variables: {
    kind: 'pem',
    certificate: variable('MESH_CERTIFICATE'),
    privateKey: variable('MESH_PRIVATE_KEY'),
    caBundle: inline('planted'),
  },
  pkcs12: { kind: 'keystore', keystore: file('/etc/mesh/mesh.p12') },
  jks: { kind: 'keystore', keystore: file('/etc/mesh/mesh.keystore'), caBundle: file('/etc/mesh/ca_bundle.pem') },
};

describe('the instructions', () => {
  test.each(Object.entries(credentials))('for %s are these, word for word', async (name, credential) => {
    const text = deploymentInstructions(environmentOf('integration', { credential }), files, {
      certificate: issued,
      path,
      newPassphrase: false,
    });
    await expect(text).toMatchFileSnapshot(`golden/instructions-${name}.txt`);
  });

  test('say so when the new key opens with another passphrase', () => {
    const base = environmentOf('integration', { credential: credentials.files! });
    const environment = { ...base, renewal: { ...base.renewal, passphrase: variable('NEW_PASSPHRASE') } };
    const text = (newPassphrase: boolean) =>
      deploymentInstructions(environment, files, { certificate: issued, path, newPassphrase });
    expect(text(true)).toContain('the new key has the passphrase in variable NEW_PASSPHRASE');
    expect(text(false)).not.toContain('NEW_PASSPHRASE');
  });
});

describe('the commands in the instructions', () => {
  async function accepted() {
    const renewal = await pendingRenewal();
    const { pem } = await signRequest(renewal.pki.sub, renewal.csrPem, { notBefore: renewal.now });
    const result = await renewal.follow(pem, { now: new Date(renewal.now.getTime() + 1000) });
    if (!result.accepted) throw new Error(result.reasons.join('\n'));
    return { renewal, result, pem };
  }
  const commands = (text: string) =>
    text.split('\n').filter((line) => /^ {3}(cp|openssl|\(umask 077; keytool) /.test(line));

  test('put the files in place and keep the old ones, with their modes', async () => {
    const { renewal, result, pem } = await accepted();
    const before = await renewal.deployed();
    await run('sh', ['-e', '-c', commands(result.instructions).join('\n')]);
    const after = await renewal.deployed();
    expect(after).toEqual({
      certificate: pem,
      privateKey: await readFile(renewal.keyFile!, 'utf8'),
      caBundle: renewal.pki.bundlePem,
    });
    expect(await readFile(join(renewal.folder, 'client.pem.previous'), 'utf8')).toBe(before.certificate);
    expect((await stat(join(renewal.folder, 'private_key.pem'))).mode & 0o777).toBe(0o600);
    expect((await readCredential(renewal.environment.credential!, {})).privateKey?.encrypted).toBe(true);
  });

  test.skipIf(!needs('openssl') || !needs('keytool'))('make a keystore that opens, as PKCS#12 and as JKS', async () => {
    const { renewal, result } = await accepted();
    const keystorePath = join(renewal.folder, 'mesh.jks');
    const environment = {
      ...renewal.environment,
      credential: { kind: 'keystore', keystore: file(keystorePath) } as const,
    };
    const { certificate } = result;
    const text = deploymentInstructions(environment, result.files, {
      certificate,
      path: result.path,
      newPassphrase: false,
    });
    const [make, jks] = commands(text).map((line) => line.trim());
    const env = { ...process.env, P: renewal.passphrase };
    const options = { env, cwd: renewal.folder };
    await run('sh', ['-c', `${make} -passin env:P -passout env:P`], options);
    await run('sh', ['-c', `${jks?.replace(/\)$/, ' -srcstorepass:env P -deststorepass:env P -noprompt)')}`], options);
    const made = join(result.files.certificate, '..');
    for (const keystore of [join(made, 'new.p12'), join(made, 'new.jks')]) {
      const passphrase = inline(renewal.passphrase);
      const credential = await readCredential({ keystore: file(keystore), passphrase }, {});
      expect(credential.problems).toEqual([]);
      expect(credential.certificate?.fingerprintSha256).toBe(certificate.fingerprintSha256);
      expect(credential.privateKey).toBeDefined();
      expect(credential.bundle).toHaveLength(2);
    }
  });
});
