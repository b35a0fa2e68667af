import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DeployedCredential, readCredential } from '../../../src/credential/index.ts';
import {
  type Put,
  prepareWrite,
  readContent,
  readSource,
  refreshSources,
  type Source,
  type StoreSource,
} from '../../../src/sources/index.ts';
import { codes, workshop } from '../../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../../support/pki.ts';
import { type KeyVault, startKeyVault } from '../../support/stores/key-vault.ts';
import { needs } from '../../support/tools.ts';

let vault: KeyVault;
let pki: NhsLikePki;
beforeAll(async () => {
  [vault, pki] = [await startKeyVault(), await nhsLikePki()];
});
afterAll(() => vault?.stop());
beforeEach(() => {
  for (const [name, value] of Object.entries(vault.variables)) vi.stubEnv(name, value);
  vault.answer = undefined;
  vault.hasIdentity = true;
  vault.afterWrite = undefined;
  vault.maySet = true;
  vault.mayImport = true;
  vault.pending.clear();
  vault.secrets.clear();
  vault.asked();
});

const secret = (name: string, at = vault.own()): Source => ({ kind: 'azure_secret', name, vault: at, store: {} });
const certificate = (name: string, at = vault.own()): Source => ({
  kind: 'azure_certificate',
  name,
  vault: at,
  store: {},
});
const sameKey = ({ certificate, privateKey }: DeployedCredential) =>
  Buffer.compare(certificate!.publicKey.spki, privateKey!.publicKey.spki) === 0;
const text = async (source: Source) => (await readSource(source, {})).toString();

test('azure: the current version of a secret is read, after the challenge and with the managed identity', async () => {
  vault.secrets.set('mesh-password', { value: 'one', version: 'a1' });
  const source = secret('mesh-password');
  expect(await text(source)).toBe('one');
  expect(vault.asked()).toEqual(['/secrets/mesh-password/']);
  vault.secrets.set('mesh-password', { value: 'two', version: 'a2' });
  expect(await text(source)).toBe('one');
  await refreshSources([[source]], {});
  expect(await text(source)).toBe('two');
});

test('azure: a secret that does not exist is missing, and one that is disabled says so', async () => {
  vault.secrets.set('off', { value: 'planted', version: 'a1', disabled: true });
  const at = vault.own();
  await expect(readSource(secret('none', at), {})).rejects.toMatchObject({
    message: `Key Vault secret ${at}/secrets/none does not exist`,
    isMissing: true,
  });
  await expect(readSource(secret('off', at), {})).rejects.toMatchObject({
    message: `Key Vault secret ${at}/secrets/off has a current version that is disabled`,
    isMissing: false,
  });
});

test.each([
  [
    'forbidden',
    { status: 403, code: 'Forbidden', inner: 'ForbiddenByRbac' },
    'refused GetSecret (ForbiddenByRbac, HTTP 403)',
    'denied',
  ],
  ['throttled', { status: 429, code: 'Throttled' }, 'did not answer GetSecret (Throttled, HTTP 429)', 'throttled'],
  [
    'failing',
    { status: 503, code: 'ServiceUnavailable' },
    'did not answer GetSecret (ServiceUnavailable, HTTP 503)',
    'unreachable',
  ],
] as const)('azure: a vault that is %s is named with operation and class', async (_, answer, says, kind) => {
  vault.answer = answer;
  const at = vault.own();
  const error: unknown = await readSource(secret('x', at), {}).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: `Key Vault secret ${at}/secrets/x could not be read: Azure Key Vault ${says}`,
    unavailable: { kind },
  });
  expect(JSON.stringify(error)).not.toContain('planted');
});

test('azure: a vault that never answers, and one that is not there', async () => {
  vault.answer = 'hang';
  await expect(readSource(secret('x'), {})).rejects.toMatchObject({ unavailable: { errorClass: 'no answer in time' } });
  const nowhere: Source = { kind: 'azure_secret', name: 'x', vault: 'https://gone.vault.azure.net:1', store: {} };
  await expect(readSource(nowhere, {})).rejects.toMatchObject({ unavailable: { errorClass: 'ECONNREFUSED' } });
});

test('azure: without an identity it says so, and what to do', async () => {
  vault.hasIdentity = false;
  vault.secrets.set('x', { value: 'x', version: '1' });
  await expect(readSource(secret('x'), {})).rejects.toMatchObject({
    unavailable: { kind: 'denied', remedy: expect.stringContaining('permissions') as string },
  });
});

describe('azure: a certificate with its key', () => {
  test('as PEM serves as certificate and as key', async () => {
    const value = `${pki.client.keyPem}${pki.client.pem}${pki.bundlePem}`;
    vault.secrets.set('mesh-client', { value, version: '1', contentType: 'application/x-pem-file' });
    const at = vault.own();
    const inputs = { certificate: certificate('mesh-client', at), privateKey: certificate('mesh-client', at) };
    const credential = await readCredential(inputs, {});
    expect(vault.asked()).toEqual(['/secrets/mesh-client/']);
    expect(sameKey(credential)).toBe(true);
    expect(codes(credential)).not.toContain('private_key_malformed');
  });

  test('as PEM serves as a keystore too', async () => {
    const value = `${pki.client.keyPem}${pki.client.pem}${pki.bundlePem}`;
    vault.secrets.set('mesh-client', { value, version: '1', contentType: 'application/x-pem-file' });
    const credential = await readCredential({ keystore: certificate('mesh-client') }, {});
    expect(sameKey(credential)).toBe(true);
    expect(credential.bundle.length).toBeGreaterThan(0);
    expect(credential.problems.filter(({ severity }) => severity === 'critical')).toEqual([]);
  });

  test.skipIf(!needs('openssl'))('as PKCS#12 is a keystore, without a passphrase', async () => {
    const shop = workshop();
    shop.write('key.pem', pki.client.keyPem);
    shop.write('all.pem', pki.client.pem + pki.bundlePem);
    shop.openssl('pkcs12', '-export', '-in', 'all.pem', '-inkey', 'key.pem', '-passout', 'pass:', '-out', 'mesh.pfx');
    const value = readFileSync(shop.path('mesh.pfx')).toString('base64');
    shop.remove();
    vault.secrets.set('mesh-client', { value, version: '1', contentType: 'application/x-pkcs12' });
    const source = certificate('mesh-client');
    expect((await readContent(source, {})).bytes[0]).toBe(0x30);
    const credential = await readCredential({ keystore: source }, {});
    expect(sameKey(credential)).toBe(true);
    expect(credential.problems.filter(({ severity }) => severity === 'critical')).toEqual([]);
  });
});

test('azure: no secret is in a path or a header', async () => {
  vault.secrets.set('planted', { value: 'planted-value', version: '1' });
  await text(secret('planted'));
  expect(vault.seen.length).toBeGreaterThan(0);
  for (const each of vault.seen) expect(each).not.toMatch(/planted-value|planted-token/);
});

test('azure: no secret is in what the SDK logs when it is told to log everything', async () => {
  const { AzureLogger, getLogLevel, setLogLevel } = await import('@azure/logger');
  const [before, log] = [getLogLevel(), AzureLogger.log];
  const lines: string[] = [];
  AzureLogger.log = (...said: unknown[]) => void lines.push(said.map(String).join(' '));
  setLogLevel('verbose');
  try {
    vault.secrets.set('planted', { value: 'planted-value', version: '1' });
    await text(secret('planted'));
    vault.answer = { status: 403, code: 'Forbidden', inner: 'ForbiddenByRbac' };
    await readSource(secret('planted'), {}).catch(() => {});
  } finally {
    setLogLevel(before);
    AzureLogger.log = log;
  }
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line).not.toMatch(/planted-(value|token|header)/);
});

const put = (name: string, text: string, at: string) => ({
  source: { kind: 'azure_secret', name, vault: at, store: {} } satisfies StoreSource,
  content: Buffer.from(text),
});
const commit = async (...puts: readonly Put[]) => (await prepareWrite(puts, {})).commit();
const refusal = async (...puts: readonly Put[]) => String(await commit(...puts).catch((error: Error) => error.message));

test('azure: a secret gets a new version with the same type and tags, and the previous one is named', async () => {
  const at = vault.own();
  vault.secrets.set('mesh-key', { value: 'k1', version: 'a1', contentType: 'text/plain', tags: { team: 'mesh' } });
  const { written, back } = await commit(put('mesh-key', 'k2', at));
  const now = vault.secrets.get('mesh-key')!;
  expect(now).toMatchObject({ value: 'k2', contentType: 'text/plain', tags: { team: 'mesh' } });
  expect(written).toEqual([{ place: `Key Vault secret ${at}/secrets/mesh-key`, version: now.version, previous: 'a1' }]);
  const [command = ''] = back;
  expect(command).toContain('az keyvault secret download');
  expect(command).toContain('--version a1');
  expect(command).not.toContain('k1');
});

// `az` decodes what has this tag when it downloads it, and gives a new version no tags but those it is given.
test.each([
  ['as text', { team: "the mesh's" }, '', " --tags 'team=the mesh'\\''s'"],
  ['as base64 of a file', { 'file-encoding': 'base64' }, ' --encoding base64', ''],
  ['in a way that az does not know', { 'file-encoding': 'planted $(x)' }, '', ''],
])(
  'azure: the command that goes back gives a secret that was saved %s the same value and tags',
  async (_, tags, encoding, options) => {
    const at = vault.own();
    vault.secrets.set('mesh-key', { value: 'k1', version: 'a1', tags });
    const { back } = await commit(put('mesh-key', 'k2', at));
    const where = `--vault-name ${new URL(at).hostname.split('.')[0]} --name mesh-key`;
    expect(back).toEqual([
      `(umask 077; f=$(mktemp) && rm "$f" && az keyvault secret download ${where} --version a1 --file "$f"${encoding} && az keyvault secret set ${where} --file "$f"${encoding}${options} --output none; s=$?; rm -f "$f"; exit $s)`,
    ]);
  },
);

test('azure: a secret that does not exist is made', async () => {
  const { written, back } = await commit(put('mesh-new', 'first', vault.own()));
  expect(written).toEqual([
    { place: expect.stringContaining('mesh-new') as string, version: expect.any(String) as string },
  ]);
  expect(back).toEqual([]);
  expect(vault.secrets.get('mesh-new')?.value).toBe('first');
});

test('azure: without the permission, it is named and nothing changes', async () => {
  vault.secrets.set('mesh-key', { value: 'k1', version: 'a1' });
  vault.maySet = false;
  const message = await refusal(put('mesh-key', 'planted-value', vault.own()));
  expect(message).toContain(
    'Azure Key Vault refused SetSecret (ForbiddenByRbac, HTTP 403); the permission Microsoft.KeyVault/vaults/secrets/setSecret/action on the secret mesh-key is missing',
  );
  expect(message).not.toContain('planted');
  expect(vault.secrets.get('mesh-key')?.value).toBe('k1');
});

test('azure: what was written before something failed is put back', async () => {
  const at = vault.own();
  vault.secrets.set('a', { value: 'a1', version: 'v1' });
  vault.secrets.set('b', { value: 'b1', version: 'v1', disabled: true });
  expect(await refusal(put('a', 'a2', at), put('b', 'b2', at))).toContain('has a current version that is disabled');
  expect(vault.secrets.get('a')?.value).toBe('a1');
  expect(await refusal(put('a', 'a2', at), put('b', 'x'.repeat(26 * 1024), at))).toContain('holds at most 25 KB');
  expect(vault.secrets.get('a')?.value).toBe('a1');
});

test('azure: a secret that was made new stays when something fails after it, and the command that removes it is named', async () => {
  const at = vault.own();
  vault.secrets.set('b', { value: 'b1', version: 'v1' });
  vault.afterWrite = () => {
    vault.maySet = false;
  };
  const message = await refusal(put('mesh-new', 'n1', at), put('b', 'b2', at));
  const name = new URL(at).hostname.split('.')[0];
  expect(message).toContain(
    `mesh-new was made new and is still there; to remove it: az keyvault secret delete --vault-name ${name} --name mesh-new`,
  );
  expect(vault.secrets.get('b')?.value).toBe('b1');
});

describe('azure: importing a certificate', () => {
  const importing = (content: Buffer | string, at: string): Put => ({
    source: { kind: 'azure_certificate', name: 'mesh', vault: at, store: {} },
    content: Buffer.from(content),
  });
  const pkcs12 = Buffer.from('300a020103', 'hex');
  const pem = '-----BEGIN PRIVATE KEY-----\nnew\n';

  test.each([
    ['PKCS#12', pkcs12, 'application/x-pkcs12', pkcs12.toString('base64'), ' --encoding base64'],
    ['PEM', Buffer.from(pem), 'application/x-pem-file', pem, ''],
  ])('%s becomes a new version with the same tags, and one command goes back', async (_, content, type, value, how) => {
    const at = vault.own();
    vault.secrets.set('mesh', { value: 'planted-old', version: 'a1', contentType: type, tags: { team: 'mesh' } });
    const { written, back } = await commit(importing(content, at));
    const now = vault.secrets.get('mesh')!;
    expect(now).toMatchObject({ value, contentType: type, tags: { team: 'mesh' } });
    expect(vault.imported.at(-1)).toEqual({ name: 'mesh', preserveCertOrder: true, exportable: true });
    expect(written).toEqual([
      { place: `Key Vault certificate ${at}/certificates/mesh`, version: now.version, previous: 'a1' },
    ]);
    const where = `--vault-name ${new URL(at).hostname.split('.')[0]} --name mesh`;
    expect(back).toEqual([
      `(umask 077; f=$(mktemp) && rm "$f" && az keyvault secret download ${where} --version a1 --file "$f"${how} && az keyvault certificate import ${where} --file "$f" --tags team=mesh --output none; s=$?; rm -f "$f"; exit $s)`,
    ]);
  });

  test('without the permission, it is named, and nothing changes', async () => {
    const at = vault.own();
    vault.secrets.set('mesh', { value: 'old', version: 'a1', contentType: 'application/x-pem-file' });
    vault.mayImport = false;
    expect(await refusal(importing(pem, at))).toContain(
      'Azure Key Vault refused ImportCertificate (ForbiddenByRbac, HTTP 403); the permission Microsoft.KeyVault/vaults/certificates/import/action on the certificate mesh is missing',
    );
    expect(vault.secrets.get('mesh')?.value).toBe('old');
  });

  test('beside a request that is pending in the vault, nothing is imported, and the message says where to look', async () => {
    vault.pending.add('mesh');
    expect(await refusal(importing(pem, vault.own()))).toMatch(
      /cannot be imported \(Conflict, HTTP 409\): a request that was made in the vault is pending \(az keyvault certificate pending show --vault-name mesh-\d+ --name mesh\)/,
    );
  });

  test('is undone when a later place fails: the previous certificate is imported again', async () => {
    const at = vault.own();
    vault.secrets.set('mesh', { value: pkcs12.toString('base64'), version: 'a1', contentType: 'application/x-pkcs12' });
    vault.secrets.set('b', { value: 'b1', version: 'v1' });
    vault.maySet = false;
    const message = await refusal(importing(pem, at), put('b', 'b2', at));
    expect(message).toContain('refused SetSecret');
    expect(message).not.toContain('put back');
    expect(vault.secrets.get('mesh')).toMatchObject({
      value: pkcs12.toString('base64'),
      contentType: 'application/x-pkcs12',
    });
  });

  test.each([
    [
      'someone else’s version',
      { value: 'theirs', version: 'x9' },
      'it is not known whether that is the new certificate; the previous one is a1',
    ],
    ['a deleted one', undefined, undefined],
  ])('with %s there meanwhile, undoing overwrites nothing', async (_, theirs, says) => {
    const at = vault.own();
    vault.secrets.set('mesh', { value: 'old', version: 'a1', contentType: 'application/x-pem-file' });
    vault.secrets.set('b', { value: 'b1', version: 'v1' });
    vault.afterWrite = () => {
      if (theirs) vault.secrets.set('mesh', theirs);
      else vault.secrets.delete('mesh');
    };
    vault.maySet = false;
    const message = await refusal(importing(pem, at), put('b', 'b2', at));
    if (says === undefined) expect(message).not.toContain('put back');
    else expect(message).toContain(says);
    expect(vault.secrets.get('mesh')).toEqual(theirs);
  });

  test('a certificate that was made new stays when a later place fails, and the command that removes it is named', async () => {
    const at = vault.own();
    vault.secrets.set('b', { value: 'b1', version: 'v1' });
    vault.maySet = false;
    expect(await refusal(importing(pem, at), put('b', 'b2', at))).toMatch(
      /certificates\/mesh was made new and is still there; to remove it: az keyvault certificate delete --vault-name mesh-\d+ --name mesh/,
    );
  });
});
