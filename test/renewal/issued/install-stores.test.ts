import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCredential } from '../../../src/credential/read.ts';
import { Secret } from '../../../src/sources/secret.ts';
import type { Source, VaultSettings } from '../../../src/sources/types.ts';
import { nhsLikePki } from '../../support/pki.ts';
import { answer, type PendingRenewal, pendingRenewal } from '../../support/renewal/pending.ts';
import { inline } from '../../support/sources.ts';
import { startVault, type VaultStandIn } from '../../support/stores/vault.ts';

let vault: VaultStandIn;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault?.stop());
let tests = 0;
beforeEach(() => {
  vault.secrets.clear();
  vault.capabilities.clear();
  vault.beforeWrite = undefined;
  vault.tokens.add('planted-given');
  tests += 1;
});

const local = (text: string) => inline(text) as VaultSettings['ca'] & object;
const at = (key: string, path = 'kv/mesh'): Source => ({
  kind: 'vault',
  path,
  key,
  store: {
    address: vault.address,
    namespace: `install-${tests}`,
    ca: local(vault.rootPem),
    auth: { kind: 'token', token: local('planted-given') },
  },
});
const values = (path = 'kv/mesh') => vault.secrets.get(path)?.data as Record<string, string>;

const decrypted = (key: string, passphrase: string) =>
  createPrivateKey({ key, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();

/** Certificate and key in one secret, and the bundle in a file. */
async function inVault(
  put: (deployed: Awaited<ReturnType<PendingRenewal['deployed']>>, passphrase: string) => Record<string, string>,
) {
  const { root, sub } = await nhsLikePki();
  const renewal = await pendingRenewal({ bundlePem: sub.pem + root.pem });
  vault.secrets.set('kv/mesh', {
    version: 1,
    data: { ...put(await renewal.deployed(), renewal.passphrase), other: 'stays' },
  });
  const credential = { ...renewal.environment.credential!, certificate: at('crt'), privateKey: at('key') } as const;
  return { renewal, environment: { ...renewal.environment, credential } as typeof renewal.environment };
}

describe('installing in stores', () => {
  test('certificate and key become one new version beside the file of the bundle, and one command goes back', async () => {
    const { renewal, environment } = await inVault(({ certificate, privateKey }) => ({
      crt: certificate,
      key: privateKey,
    }));
    const { pem } = await answer(renewal);
    const result = await renewal.follow(pem, { environment, install: true });
    expect(result).toMatchObject({
      accepted: true,
      install: {
        installed: [{ path: expect.stringContaining('ca_bundle.pem') as string }],
        stores: [
          { place: 'Vault secret kv/mesh (key key)', version: '2', previous: '1' },
          { place: 'Vault secret kv/mesh (key crt)', version: '2', previous: '1' },
        ],
        goBack: expect.stringMatching(
          /^VAULT_ADDR=\S+ \S+ vault kv rollback -mount=kv -version=1 mesh &&\ncp -p \S+\.previous-\S+ \S+$/,
        ) as string,
      },
    });
    expect(values()).toEqual({ crt: pem, key: await readFile(renewal.keyFile!, 'utf8'), other: 'stays' });
    const credential = await readCredential(environment.credential!, {});
    expect(credential.problems).toEqual([]);
    const again = await renewal.follow(pem, { environment, install: true });
    expect(again.accepted && again.install).toEqual({ installed: [], stores: [] });
    expect(vault.secrets.get('kv/mesh')?.version).toBe(2);
  });

  test('what is on one line, or in base64, is written so again', async () => {
    const { renewal, environment } = await inVault(({ certificate, privateKey }) => ({
      crt: certificate.replaceAll('\n', '\\n'),
      key: Buffer.from(privateKey).toString('base64'),
    }));
    const { pem } = await answer(renewal);
    await renewal.follow(pem, { environment, install: true });
    expect(values().crt).toBe(pem.replaceAll('\n', '\\n'));
    expect(Buffer.from(values().key!, 'base64').toString()).toBe(await readFile(renewal.keyFile!, 'utf8'));
    const { problems } = await readCredential(environment.credential!, {});
    expect(problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  test.each([
    ['keeps', (key: string, passphrase: string) => ({ key: decrypted(key, passphrase) })],
    ['will keep', () => ({})],
  ])('where the store %s the key without a passphrase, the new one has none either', async (_, keyFor) => {
    const { renewal, environment } = await inVault(({ certificate, privateKey }, passphrase) => ({
      crt: certificate,
      ...keyFor(privateKey, passphrase),
    }));
    const { passphrase: __, ...credential } = environment.credential as typeof environment.credential & object;
    const bare = {
      ...environment,
      credential,
      renewal: {
        ...environment.renewal,
        passphrase: { kind: 'inline', value: new Secret(renewal.passphrase) } as const,
      },
    } as typeof environment;
    const { pem } = await answer(renewal);
    const result = await renewal.follow(pem, { environment: bare, install: true });
    expect(result).toMatchObject({ accepted: true, install: { stores: [{}, {}] } });
    expect(values().key).toContain('-----BEGIN PRIVATE KEY-----');
    expect(new X509Certificate(pem).checkPrivateKey(createPrivateKey(values().key!))).toBe(true);
  });

  test('what the next deployment gets is what is written, and a bundle that is right already stays where it is', async () => {
    const renewal = await pendingRenewal();
    const { certificate, privateKey, caBundle } = await renewal.deployed();
    vault.secrets.set('kv/mesh', { version: 1, data: { crt: certificate, key: privateKey } });
    const bundle = { kind: 'env', name: 'MESH_CA_CERT' } as const;
    const deployed = { ...renewal.environment.credential!, caBundle: bundle };
    const next = { ...deployed, certificate: at('crt'), privateKey: at('key') };
    const environment = { ...renewal.environment, credential: { ...deployed, next } } as typeof renewal.environment;
    const before = await renewal.deployed();
    const { pem } = await answer(renewal);
    const env = { MESH_CA_CERT: caBundle.replaceAll('\n', '\\n') };
    const result = await renewal.follow(pem, { environment, install: true, env });
    expect(result).toMatchObject({ accepted: true, install: { installed: [], stores: [{}, {}] } });
    expect(values().crt).toBe(pem);
    expect(await renewal.deployed()).toEqual(before);
  });

  test('without the permission to write, it is named, and neither store nor file changes', async () => {
    const { renewal, environment } = await inVault(({ certificate, privateKey }) => ({
      crt: certificate,
      key: privateKey,
    }));
    vault.capabilities.set('kv/mesh', ['read']);
    const [before, files] = [values(), await readdir(renewal.folder)];
    const result = await renewal.follow((await answer(renewal)).pem, { environment, install: true });
    expect(result).toMatchObject({
      accepted: true,
      install: { refused: expect.stringContaining('the permission patch on kv/data/mesh is missing') as string },
    });
    expect([values(), await readdir(renewal.folder)]).toEqual([before, files]);
  });

  test('a file that cannot be renamed puts the store back', async () => {
    const { renewal, environment } = await inVault(({ certificate, privateKey }) => ({
      crt: certificate,
      key: privateKey,
    }));
    const before = values();
    const { pem } = await answer(renewal);
    vault.beforeWrite = () => {
      vault.beforeWrite = undefined;
      // While the store is written, somebody makes a folder of the file.
      rmSync(`${renewal.folder}/ca_bundle.pem`);
      mkdirSync(`${renewal.folder}/ca_bundle.pem`);
    };
    const result = await renewal.follow(pem, { environment, install: true });
    expect(result).toMatchObject({
      accepted: true,
      install: { refused: expect.stringContaining('nothing was replaced') as string },
    });
    expect(values()).toEqual(before);
    expect(vault.secrets.get('kv/mesh')?.version).toBe(3);
  });

  test('a value that is not PEM is refused', async () => {
    const { renewal, environment } = await inVault(({ privateKey }) => ({ crt: 'planted-not-pem', key: privateKey }));
    const result = await renewal.follow((await answer(renewal)).pem, { environment, install: true });
    expect(result).toMatchObject({
      accepted: true,
      install: {
        refused: 'Vault secret kv/mesh (key crt) is not PEM, so the application that reads it may not accept PEM',
      },
    });
    expect(JSON.stringify(result)).not.toContain('planted-not');
  });
});
