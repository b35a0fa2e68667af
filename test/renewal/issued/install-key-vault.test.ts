import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { CredentialParts } from '../../../src/config/types.ts';
import { keystoreLike } from '../../../src/credential/index.ts';
import { readCredential } from '../../../src/credential/read.ts';
import { refreshSources } from '../../../src/sources/read.ts';
import { Secret } from '../../../src/sources/secret.ts';
import type { StoreSource } from '../../../src/sources/types.ts';
import { parseCertificate } from '../../../src/x509/index.ts';
import { answer, type PendingRenewal, pendingRenewal } from '../../support/renewal/pending.ts';
import { type KeyVault, startKeyVault } from '../../support/stores/key-vault.ts';

let vault: KeyVault;
beforeAll(async () => {
  vault = await startKeyVault();
});
afterAll(() => vault?.stop());
beforeEach(() => {
  for (const [name, value] of Object.entries(vault.variables)) vi.stubEnv(name, value);
  vault.mayImport = true;
  vault.secrets.clear();
  vault.imported.length = 0;
});

/** The certificate that is deployed is in the vault, and a request for the next one is on its way. */
async function inVault(
  form: 'PKCS#12' | 'PEM',
  partsOf: (mesh: StoreSource, deployed: CredentialParts) => object,
  reuses = false,
) {
  const first = await pendingRenewal();
  const { client, sub, root } = first.pki;
  const key = { pem: Buffer.from(client.keyPem) };
  const certificates = [client, sub, root].map(({ der }) => parseCertificate(der));
  const own = certificates[0]!;
  const pkcs12 = (await keystoreLike(undefined, { certificates: [own, ...certificates.slice(1)], key }))!;
  vault.secrets.set(
    'mesh',
    form === 'PEM'
      ? { value: client.keyPem + client.pem + sub.pem + root.pem, version: 'a1', contentType: 'application/x-pem-file' }
      : { value: pkcs12.toString('base64'), version: 'a1', contentType: 'application/x-pkcs12' },
  );
  const mesh: StoreSource = { kind: 'azure_certificate', name: 'mesh', vault: vault.own(), store: {} };
  const { privateKey } = await readCredential({ keystore: mesh }, {});
  const renewal = reuses ? await pendingRenewal({ reuse: privateKey! }) : first;
  const environment = {
    ...renewal.environment,
    credential: partsOf(mesh, renewal.environment.credential!),
    renewal: { ...renewal.environment.renewal, passphrase: { kind: 'inline', value: new Secret(renewal.passphrase) } },
  } as PendingRenewal['environment'];
  return { renewal, environment, mesh, pem: (await answer(renewal)).pem };
}

const asKeystore = (keystore: StoreSource) => ({ kind: 'keystore', keystore });
const asPem = (mesh: StoreSource, { caBundle }: CredentialParts) => ({
  ...{ kind: 'pem', certificate: mesh, privateKey: mesh, caBundle },
});

test.each([
  ['PKCS#12', 'a new key', asKeystore, false],
  ['PEM', 'a new key', asPem, false],
  ['PKCS#12', 'the key that is there', asKeystore, true],
  ['PEM', 'the key that is there', asKeystore, true],
] as const)(
  'a certificate in Key Vault is imported as %s with %s, and a second time nothing changes',
  async (form, _, partsOf, reuses) => {
    const { renewal, environment, mesh, pem } = await inVault(form, partsOf, reuses);
    const result = await renewal.follow(pem, { environment, install: true });
    const { version, contentType } = vault.secrets.get('mesh')!;
    expect(result).toMatchObject({
      accepted: true,
      install: {
        stores: [{ place: expect.stringContaining('/certificates/mesh') as string, version, previous: 'a1' }],
        goBack: expect.stringContaining('--version a1') as string,
      },
    });
    expect(contentType).toBe(form === 'PEM' ? 'application/x-pem-file' : 'application/x-pkcs12');
    await refreshSources([[mesh]], {});
    const credential = await readCredential({ keystore: mesh }, {});
    const fingerprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(credential.certificate?.fingerprintSha256).toBe(fingerprint);
    expect(Buffer.compare(credential.privateKey!.publicKey.spki, credential.certificate!.publicKey.spki)).toBe(0);
    expect(credential.bundle.length).toBeGreaterThan(0);
    expect(credential.problems.filter(({ severity }) => severity === 'critical')).toEqual([]);

    const again = await renewal.follow(pem, { environment, install: true });
    expect(again.accepted && again.install).toEqual({ installed: [], stores: [] });
    expect(vault.imported).toHaveLength(1);
    expect(JSON.stringify([result, vault.seen])).not.toMatch(/PRIVATE KEY/);
  },
);

test('without the permission to import, it is named, and neither vault nor files change', async () => {
  const { renewal, environment, pem } = await inVault('PKCS#12', asPem);
  vault.mayImport = false;
  const before = [vault.secrets.get('mesh'), await renewal.deployed()];
  const result = await renewal.follow(pem, { environment, install: true });
  const missing =
    'the permission Microsoft.KeyVault/vaults/certificates/import/action on the certificate mesh is missing';
  expect(result).toMatchObject({ install: { refused: expect.stringContaining(missing) as string } });
  expect([vault.secrets.get('mesh'), await renewal.deployed()]).toEqual(before);
});

test('a certificate that is named without its key is not imported', async () => {
  const { renewal, environment, pem } = await inVault('PEM', (mesh, deployed) => ({ ...deployed, certificate: mesh }));
  const result = await renewal.follow(pem, { environment, install: true });
  expect(result).toMatchObject({
    install: {
      refused: expect.stringMatching(/can only be imported together with its key: name it at both/) as string,
    },
  });
  expect(vault.imported).toEqual([]);
});
