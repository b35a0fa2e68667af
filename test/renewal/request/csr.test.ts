import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateKeyHandle } from '../../../src/credential/types.ts';
import { generateKeys, type KeyKind, signingAlgorithmOf, spkiOf } from '../../../src/demo/keys.ts';
import { type DraftedRequest, draftRequest } from '../../../src/renewal/request/csr.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { commonName } from '../../support/renewal/samples.ts';
import { needs } from '../../support/tools.ts';

const run = promisify(execFile);
const passphrase = new Secret('pläntéd £ passphrase');
let folder: string;
let request: DraftedRequest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-request-'));
  request = await draftRequest({ commonName, key: { kind: 'new', bits: 2048, passphrase } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opensslReads({ csrPem }: DraftedRequest): Promise<string> {
  const file = join(folder, 'request.csr');
  await writeFile(file, csrPem);
  const { stdout, stderr } = await run('openssl', [
    'req',
    '-verify',
    '-text',
    '-noout',
    '-nameopt',
    'RFC2253',
    '-in',
    file,
  ]);
  return stdout + stderr;
}

/** A deployed key of any kind, as the credential room hands it over. */
async function handleOf(kind: KeyKind): Promise<PrivateKeyHandle> {
  const keys = await generateKeys(kind);
  const algorithm = kind.startsWith('rsa') ? 'RSA' : kind.startsWith('ec') ? 'EC' : 'Ed25519';
  const signing = signingAlgorithmOf(kind, 'SHA-256');
  return {
    publicKey: {
      algorithm,
      bits: keys.publicKey.asymmetricKeyDetails?.modulusLength ?? 256,
      spki: spkiOf(keys.publicKey),
    },
    encrypted: true,
    secureContext: () => {
      throw new Error('a request needs no TLS');
    },
    signingKey: async () => ({
      privateKey: keys.privateKey.toCryptoKey(signing, false, ['sign']),
      publicKey: keys.publicKey.toCryptoKey(signing, true, ['verify']),
    }),
  };
}

describe('a request with a new key', () => {
  test.skipIf(!needs('openssl'))('is accepted by openssl, with the common name alone and SHA-256', async () => {
    const text = await opensslReads(request);
    expect(text).toMatch(/verify OK/);
    expect(text).toContain(`Subject: CN=${commonName}\n`);
    expect(text).toContain('Public-Key: (2048 bit)');
    expect(text).toContain('Signature Algorithm: sha256WithRSAEncryption');
    expect(text).toMatch(/Attributes:\s+(\(none\)|a0:00)/);
    expect(text).not.toMatch(/emailAddress|X509v3/);
  });

  test.skipIf(!needs('openssl'))('writes the name in the string type that `openssl req -subj` does', async () => {
    const key = join(folder, 'key.pem');
    await writeFile(key, request.encryptedKeyPem!);
    const env = { ...process.env, PASSPHRASE: passphrase.reveal() };
    const { stdout } = await run(
      'openssl',
      ['req', '-new', '-key', key, '-passin', 'env:PASSPHRASE', '-subj', `/CN=${commonName}`],
      { env },
    );
    const subject = (pem: string) => Buffer.from(new Pkcs10CertificateRequest(pem).subjectName.toArrayBuffer());
    expect(subject(request.csrPem)).toEqual(subject(stdout));
  });

  test.each([3072, 4096] as const)('has %d bits when that is configured', async (bits) => {
    const made = await draftRequest({ commonName, key: { kind: 'new', bits, passphrase } });
    const key = createPublicKey(createPrivateKey({ key: made.encryptedKeyPem!, passphrase: passphrase.reveal() }));
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(bits);
  });

  test('keeps the case of the name', async () => {
    const { csrPem } = await draftRequest({
      commonName: 'X26abc1.X26.api.mesh-client.nhs.uk',
      key: { kind: 'new', bits: 2048, passphrase },
    });
    expect(new Pkcs10CertificateRequest(csrPem).subject).toBe('CN=X26abc1.X26.api.mesh-client.nhs.uk');
  });

  test('comes with its key, encrypted under the passphrase and under no other', () => {
    const { encryptedKeyPem, spkiSha256 } = request;
    const key = createPublicKey(createPrivateKey({ key: encryptedKeyPem!, passphrase: passphrase.reveal() }));
    const spki = key.export({ type: 'spki', format: 'der' });
    expect(createHash('sha256').update(spki).digest('hex')).toBe(spkiSha256);
    expect(spki).toEqual(Buffer.from(new Pkcs10CertificateRequest(request.csrPem).publicKey.rawData));
    expect(() => createPrivateKey({ key: encryptedKeyPem!, passphrase: 'another' })).toThrow();
    expect(() => createPrivateKey({ key: encryptedKeyPem! })).toThrow();
  });

  test('encrypts the key by PBES2, PBKDF2 with HMAC-SHA-256 and AES-256-CBC (RFC 8018)', () => {
    expect(request.encryptedKeyPem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    const der = Buffer.from(request.encryptedKeyPem!.replace(/-----.*-----|\n/g, ''), 'base64').toString('hex');
    expect(der).toContain('06092a864886f70d01050d'); // PBES2
    expect(der).toContain('06092a864886f70d01050c'); // PBKDF2
    expect(der).toContain('06082a864886f70d0209'); // hmacWithSHA256
    expect(der).toContain('060960864801650304012a'); // aes256-CBC
  });

  test('never makes the same key twice', async () => {
    const other = await draftRequest({ commonName, key: { kind: 'new', bits: 2048, passphrase } });
    expect(other.spkiSha256).not.toBe(request.spkiSha256);
  });

  test('is refused without a passphrase to encrypt the key with', async () => {
    const key = { kind: 'new', bits: 2048, passphrase: new Secret('') } as const;
    await expect(draftRequest({ commonName, key })).rejects.toThrow('the passphrase for the new key is empty');
  });
});

describe('a request with the deployed key', () => {
  test.skipIf(!needs('openssl')).each(['rsa-2048', 'rsa-4096', 'ec-p256', 'ec-p384'] as const)(
    '%s is accepted by openssl and carries that key',
    async (kind) => {
      const handle = await handleOf(kind);
      const made = await draftRequest({ commonName, key: { kind: 'reuse', handle } });
      const text = await opensslReads(made);
      expect(text).toMatch(/verify OK/);
      expect(text).toContain(kind.startsWith('rsa') ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256');
      expect(made.encryptedKeyPem).toBeUndefined();
      expect(made.spkiSha256).toBe(createHash('sha256').update(handle.publicKey.spki).digest('hex'));
    },
  );

  test.each(['rsa-1024', 'ed25519'] as const)('%s is refused', async (kind) => {
    const key = { kind: 'reuse', handle: await handleOf(kind) } as const;
    await expect(draftRequest({ commonName, key })).rejects.toMatchObject({ name: 'RequestRefusedError' });
  });

  test('that signs with another key than it says is caught before anybody sees the request', async () => {
    const [handle, other] = [await handleOf('ec-p256'), await handleOf('ec-p256')];
    const liar = { ...handle, signingKey: other.signingKey };
    await expect(draftRequest({ commonName, key: { kind: 'reuse', handle: liar } })).rejects.toThrow(
      'it contains another public key',
    );
  });

  test('whose signature is not its public key’s is caught before anybody sees the request', async () => {
    const [handle, other] = [await handleOf('ec-p256'), await handleOf('ec-p256')];
    const mixed = async () => ({
      publicKey: (await handle.signingKey()).publicKey,
      privateKey: (await other.signingKey()).privateKey,
    });
    await expect(
      draftRequest({ commonName, key: { kind: 'reuse', handle: { ...handle, signingKey: mixed } } }),
    ).rejects.toThrow('its signature does not verify');
  });
});

test('a test CA reads the request as the NHS CA does', async () => {
  expect(await new Pkcs10CertificateRequest(request.csrPem).verify(webcrypto as never)).toBe(true);
});
