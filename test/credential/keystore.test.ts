import { createHmac, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { Secret } from '../../src/sources/secret.ts';
import { children, type DerValue, readDer } from '../../src/x509/der.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { type Workshop, workshop } from '../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { needs } from '../support/tools.ts';

const ascii = 'correct horse';
const pounds = 'p£ssword';
let pki: NhsLikePki;
let shop: Workshop;
beforeAll(async () => {
  pki = await nhsLikePki();
  shop = workshop();
  shop.write('client.pem', pki.client.pem);
  shop.write('key.pem', pki.client.keyPem);
  shop.write('ca.pem', pki.bundlePem);
});
afterAll(() => shop.remove());

const open = (name: string, passphrase?: string) =>
  readKeystore(readFileSync(shop.path(name)), passphrase === undefined ? undefined : new Secret(passphrase));
const fingerprint = (der: Uint8Array) => parseCertificate(der).fingerprintSha256;
const pkcs12 = (out: string, passphrase: string, ...flags: string[]) =>
  shop.openssl(
    'pkcs12',
    '-export',
    '-in',
    'client.pem',
    '-inkey',
    'key.pem',
    '-certfile',
    'ca.pem',
    '-name',
    'mesh',
    ...flags,
    '-passout',
    `pass:${passphrase}`,
    '-out',
    out,
  );

async function expectWhole(name: string, passphrase: string) {
  const keystore = await open(name, passphrase);
  expect(keystore.problems).toEqual([]);
  expect(keystore.certificate?.fingerprintSha256).toBe(fingerprint(pki.client.der));
  expect(keystore.key).toMatchObject({ encrypted: true, publicKey: { algorithm: 'RSA', bits: 2048 } });
  expect(Buffer.from(keystore.key!.publicKey.spki)).toEqual(Buffer.from(keystore.certificate!.publicKey.spki));
  return keystore;
}
const failure = async (name: string, passphrase?: string) => {
  const { problems, key, certificate } = await open(name, passphrase);
  expect([key, certificate]).toEqual([undefined, undefined]);
  expect(problems).toHaveLength(1);
  return problems[0]!;
};

describe.skipIf(!needs('openssl'))('PKCS#12 from openssl', () => {
  const kinds = [
    ['OpenSSL 3’s defaults', []],
    ['-legacy: RC2-40 and triple DES', ['-legacy']],
    ['RC2-128 and two-key triple DES', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-2DES']],
    ['AES-128 and a SHA-1 MAC', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'SHA1']],
    ['a SHA-512 MAC', ['-macalg', 'SHA512']],
    ['a SHA-384 MAC of one round', ['-macalg', 'SHA384', '-nomaciter']],
    ['certificates in the clear', ['-certpbe', 'NONE']],
    ['no MAC', ['-nomac']],
  ] as const;

  test.each(kinds)('%s, with an ASCII passphrase', async (_, flags) => {
    pkcs12('store.p12', ascii, ...flags);
    const { others } = await expectWhole('store.p12', ascii);
    expect(others.map((each) => each.fingerprintSha256)).toEqual([fingerprint(pki.root.der), fingerprint(pki.sub.der)]);
    expect((await failure('store.p12', 'wrong')).code).toBe('passphrase_wrong');
    expect((await failure('store.p12')).code).toBe('passphrase_missing');
  });

  test.each(kinds)('%s, with a £', async (_, flags) => {
    pkcs12('store.p12', pounds, ...flags);
    await expectWhole('store.p12', pounds);
    expect((await failure('store.p12', 'p$ssword')).code).toBe('passphrase_wrong');
  });

  test('an empty passphrase needs none', async () => {
    pkcs12('empty.p12', '');
    const { key, problems } = await open('empty.p12');
    expect(problems).toEqual([]);
    expect(key).toBeDefined();
  });

  test('a key in the clear is called unencrypted', async () => {
    pkcs12('clear.p12', ascii, '-keypbe', 'NONE', '-certpbe', 'NONE');
    expect((await open('clear.p12', ascii)).key?.encrypted).toBe(false);
  });

  test('a keystore of certificates alone holds no private key', async () => {
    shop.openssl('pkcs12', '-export', '-nokeys', '-in', 'ca.pem', '-passout', `pass:${ascii}`, '-out', 'trust.p12');
    const { problems, others, key } = await open('trust.p12', ascii);
    expect(problems).toEqual([
      {
        code: 'keystore_malformed',
        message: 'it is a truststore: it contains certificates but no private key',
        remedy: expect.stringMatching(/^Configure the keystore that contains the client’s private key/),
      },
    ]);
    expect(others).toHaveLength(2);
    expect(key).toBeUndefined();
  });

  test('a keystore of a key alone holds no certificate', async () => {
    shop.openssl('pkcs12', '-export', '-nocerts', '-inkey', 'key.pem', '-passout', `pass:${ascii}`, '-out', 'key.p12');
    expect((await open('key.p12', ascii)).problems).toEqual([
      { code: 'keystore_malformed', message: 'it does not contain a certificate' },
    ]);
  });

  test('base64 of a keystore is taken, as secret stores keep it', async () => {
    pkcs12('store.p12', ascii);
    const text = readFileSync(shop.path('store.p12')).toString('base64');
    expect((await readKeystore(Buffer.from(text), new Secret(ascii))).problems).toEqual([]);
  });

  test('indefinite lengths and strings in pieces are read, as Bouncy Castle writes them', async () => {
    pkcs12('store.p12', ascii);
    shop.write('ber.p12', toBer(readDer(readFileSync(shop.path('store.p12')), 'the keystore')));
    await expectWhole('ber.p12', ascii);
    expect((await failure('ber.p12', 'wrong')).code).toBe('passphrase_wrong');
  });

  test('a PBMAC1 proves the passphrase too (RFC 9579)', async () => {
    pkcs12('store.p12', pounds, '-nomac');
    shop.write('pbmac1.p12', withPbmac1(readFileSync(shop.path('store.p12')), pounds));
    await expectWhole('pbmac1.p12', pounds);
    expect(await failure('pbmac1.p12', 'wrong')).toMatchObject({
      code: 'passphrase_wrong',
      message: expect.stringContaining('MAC'),
    });
  });

  test('a million rounds for the MAC are refused without being computed: they would stop every other check', async () => {
    pkcs12('slow.p12', ascii, '-iter', '1000000');
    const { code, message } = await failure('slow.p12', ascii);
    expect([code, message]).toEqual([
      'input_over_limit',
      'its iteration count of 1,000,000 is more than the limit of 200,000',
    ]);
  });
});

describe.skipIf(!needs('keytool') || !needs('openssl'))('keystores from keytool', () => {
  const into = (type: 'JKS' | 'PKCS12', store: string, passphrase: string, ...flags: string[]) => {
    pkcs12('source.p12', ascii);
    shop.keytool(
      '-importkeystore',
      '-srckeystore',
      'source.p12',
      '-srcstoretype',
      'PKCS12',
      '-srcstorepass',
      ascii,
      '-destkeystore',
      store,
      '-deststoretype',
      type,
      '-deststorepass',
      passphrase,
      '-noprompt',
      ...flags,
    );
  };

  test('PKCS#12 as JDK 17 writes it', async () => {
    into('PKCS12', 'java.p12', ascii);
    const { others } = await expectWhole('java.p12', ascii);
    expect(others).toHaveLength(2);
    expect((await failure('java.p12', 'wrong')).code).toBe('passphrase_wrong');
  });

  test('PKCS#12 as older JDKs write it', async () => {
    into('PKCS12', 'old.p12', ascii, '-J-Dkeystore.pkcs12.legacy');
    await expectWhole('old.p12', ascii);
  });

  test('JKS, chain and trusted certificates', async () => {
    into('JKS', 'mesh.keystore', ascii);
    shop.write('root.pem', pki.root.pem);
    shop.keytool(
      '-importcert',
      '-noprompt',
      '-alias',
      'root',
      '-file',
      'root.pem',
      '-keystore',
      'mesh.keystore',
      '-storepass',
      ascii,
    );
    const { others } = await expectWhole('mesh.keystore', ascii);
    // The chain of the key entry, then the trusted certificate: duplicates are for the verifier to tell.
    expect(others.map((each) => each.subject.commonName?.raw())).toEqual([
      'Test INT Authentication G2',
      'Test PTL Root Authority G2',
      'Test PTL Root Authority G2',
    ]);
    expect((await failure('mesh.keystore', 'wrong password')).code).toBe('passphrase_wrong');
    expect((await failure('mesh.keystore')).code).toBe('passphrase_missing');
  });

  test.each(['C.UTF-8', 'C'])('JKS with a £, made in the locale %s', async (locale) => {
    into('JKS', `${locale}.jks`, ascii);
    // Not through the workshop: keytool's own locale decides what becomes of the £.
    const change = ['-storepasswd', '-keystore', `${locale}.jks`, '-storepass', ascii, '-new', pounds];
    shop.inLocale(locale, 'keytool', ...change);
    shop.inLocale(
      locale,
      'keytool',
      '-keypasswd',
      '-alias',
      'mesh',
      '-keystore',
      `${locale}.jks`,
      '-storepass',
      pounds,
      '-keypass',
      ascii,
      '-new',
      pounds,
    );
    await expectWhole(`${locale}.jks`, pounds);
    expect((await failure(`${locale}.jks`, 'p$ssword')).code).toBe('passphrase_wrong');
  });

  test('a JKS key with a passphrase of its own is told apart', async () => {
    into('JKS', 'two.jks', ascii, '-destkeypass', 'another one', '-srcalias', 'mesh');
    const { code, message } = await failure('two.jks', ascii);
    expect(code).toBe('passphrase_wrong');
    expect(message).toContain('opens the keystore but not its key');
  });

  test('a JKS that lost or gained octets is malformed, and one that changed is not trusted', async () => {
    into('JKS', 'whole.jks', ascii);
    const whole = readFileSync(shop.path('whole.jks'));
    shop.write('short.jks', whole.subarray(0, whole.length - 400));
    shop.write('long.jks', Buffer.concat([whole, Buffer.alloc(3)]));
    const changed = Buffer.from(whole);
    changed[whole.length - 500]! ^= 1;
    shop.write('changed.jks', changed);
    expect(await failure('short.jks', ascii)).toMatchObject({ code: 'keystore_malformed', message: 'it is cut short' });
    expect((await failure('long.jks', ascii)).message).toContain('3 bytes left over');
    expect((await failure('changed.jks', ascii)).message).toContain('integrity digest');
  });
});

/** RFC 9579 §4: PBKDF2 makes the key, HMAC-SHA-256 the MAC; salt and count of MacData itself mean nothing. */
function withPbmac1(keystore: Buffer, passphrase: string): Buffer {
  const parts = children(readDer(keystore, 'it'), 'it').map(({ raw }) => Buffer.from(raw));
  const [, info] = children(readDer(keystore, 'it'), 'it');
  const content = readDer(children(info!, 'it')[1]!.body, 'it').body;
  const [salt, rounds, length] = [Buffer.from('saltsalt'), 2048, 32];
  const mac = createHmac('sha256', pbkdf2Sync(passphrase, salt, rounds, length, 'sha256'))
    .update(content)
    .digest();
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  const hmacSha256 = sequence(oid('2a864886f70d0209'));
  const counts = [tlv(0x02, Buffer.from([8, 0])), tlv(0x02, Buffer.from([length]))];
  const pbkdf2 = sequence(oid('2a864886f70d01050c'), sequence(tlv(0x04, salt), ...counts, hmacSha256));
  const pbmac1 = sequence(oid('2a864886f70d01050e'), sequence(pbkdf2, hmacSha256));
  return sequence(...parts, sequence(sequence(pbmac1, tlv(0x04, mac)), tlv(0x04, salt)));
}

/** The outer layers in BER; the MAC is over what the octet strings hold, so it stays. */
function toBer(value: DerValue): Buffer {
  if (value.tag === 0x04 && value.body.length > 100)
    return indefinite(
      0x24,
      halves(value.body).map((half) => tlv(0x04, half)),
    );
  return (value.tag & 0x20) === 0 ? Buffer.from(value.raw) : indefinite(value.tag, children(value, 'it').map(toBer));
}
const halves = (bytes: Uint8Array) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];
const indefinite = (tag: number, parts: readonly Buffer[]) =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)]);
