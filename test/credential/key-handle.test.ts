import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DeployedKey } from '../../src/credential/key-handle.ts';
import { readPrivateKey } from '../../src/credential/private-key.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { Secret } from '../../src/sources/secret.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { read } from '../support/credential/workshop.ts';
import { ca, leaf, nhsLikePki } from '../support/pki.ts';
import { inline } from '../support/sources.ts';
import { raw } from '../support/x509/raw.ts';

const passphrase = 'correct horse £ battery';
async function deployed() {
  const { client, bundlePem } = await nhsLikePki();
  return read({
    certificate: inline(client.pem),
    privateKey: inline(client.encryptedKeyPem(passphrase)),
    passphrase: inline(passphrase),
    caBundle: inline(bundlePem),
  });
}
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const edwards = generateKeyPairSync('ed25519');
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });

describe('the handle', () => {
  test('shows nothing of the key, however it is printed', async () => {
    const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    const key = await readPrivateKey(Buffer.from(pem), new Secret(passphrase));
    const secretNumber = (rsa.privateKey.export({ format: 'jwk' }).d ?? '').slice(0, 12);
    for (const shown of [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key), String(key)]) {
      expect(shown).not.toContain('PRIVATE KEY');
      expect(shown).not.toContain(secretNumber);
    }
  });

  test.each([
    ['RSA', rsa, 'RSASSA-PKCS1-v1_5'],
    ['EC', ec, 'ECDSA'],
  ])('signs with a %s key that cannot be taken out', async (_, pair, name) => {
    const key = await readPrivateKey(Buffer.from(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })), undefined);
    const { privateKey, publicKey } = await key.signingKey();
    expect(privateKey.extractable).toBe(false);
    const data = Buffer.from('to be signed');
    const signature = await webcrypto.subtle.sign({ name, hash: 'SHA-256' }, privateKey, data);
    expect(await webcrypto.subtle.verify({ name, hash: 'SHA-256' }, publicKey, signature, data)).toBe(true);
  });

  test('says so when the key is of a kind that cannot sign a request', async () => {
    const pem = edwards.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const key = await readPrivateKey(Buffer.from(pem), undefined);
    await expect(key.signingKey()).rejects.toThrow('a key of type Ed25519 cannot sign');
  });
});
test('a key presents a certificate that writes the same point compressed', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const whole = spki(publicKey);
  const compressed = Buffer.concat([Buffer.from([2 + (whole.at(-1)! & 1)]), whole.subarray(-64, -32)]);
  const algorithm = sequence(
    tlv(6, Buffer.from('2a8648ce3d0201', 'hex')),
    tlv(6, Buffer.from('2a8648ce3d030107', 'hex')),
  );
  const short = sequence(algorithm, tlv(3, Buffer.from([0]), compressed));
  const key = new DeployedKey(privateKey, false);
  const chain = (bytes: Buffer) => [parseCertificate(raw({ spki: bytes }))];
  expect(() => key.secureContext({ chain: chain(whole) })).not.toThrow();
  expect(() => key.secureContext({ chain: chain(short) })).not.toThrow();
  expect(() => key.secureContext({ chain: chain(spki(ec.publicKey)) })).toThrow('does not belong');
});

test('the secure context presents the certificate with the key, in TLS 1.2 and 1.3 and nothing older', async () => {
  const { certificate, privateKey, bundle } = await deployed();
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const secureContext = privateKey!.secureContext({ chain: [certificate!], trusted: bundle, maxVersion });
    const [near, far] = duplexPair();
    // Both ends present the same certificate: it is the client's presentation that is looked at.
    const server = new TLSSocket(far as never, {
      isServer: true,
      secureContext,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const client = connect({ socket: near as never, secureContext, rejectUnauthorized: false });
    await once(server, 'secure');
    expect(server.getPeerX509Certificate()?.raw).toEqual(Buffer.from(certificate!.der));
    expect(client.getProtocol()).toBe(maxVersion);
    client.destroy();
    server.destroy();
  }
});

test('a key that does not fit its certificate makes no secure context, of the same type or another', async () => {
  const { privateKey } = await deployed();
  const other = await leaf({ issuer: await ca({ cn: 'Another' }) });
  const sameType = await leaf({ keys: 'rsa-2048' });
  for (const { der } of [other, sameType]) {
    expect(() => privateKey!.secureContext({ chain: [parseCertificate(der)] })).toThrow('does not belong');
  }
});
