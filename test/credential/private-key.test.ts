import { createPrivateKey, generateKeyPairSync, getDiffieHellman, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrivateKeyError, readPrivateKey } from '../../src/credential/private-key.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { Secret } from '../../src/sources/secret.ts';
import { toPem } from '../../src/x509/pem.ts';
import { codes, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { inline } from '../support/sources.ts';
import { needs } from '../support/tools.ts';

const passphrase = new Secret('correct horse £ battery');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const edwards = generateKeyPairSync('ed25519');
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const encryptedPem = (cipher = 'aes-256-cbc') =>
  rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: passphrase.reveal() }).toString();

async function problem(content: string | Uint8Array, secret?: Secret): Promise<PrivateKeyError> {
  const error: unknown = await readPrivateKey(Buffer.from(content), secret).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PrivateKeyError);
  return error as PrivateKeyError;
}

test.each([
  ['RSA in PKCS#8', rsa, 'pkcs8', 'RSA'],
  ['RSA in PKCS#1', rsa, 'pkcs1', 'RSA'],
  ['EC in PKCS#8', ec, 'pkcs8', 'EC'],
  ['EC in SEC1', ec, 'sec1', 'EC'],
  ['Ed25519 in PKCS#8', edwards, 'pkcs8', 'Ed25519'],
] as const)('%s, plain, as PEM and as DER', async (_, pair, type, algorithm) => {
  for (const format of ['pem', 'der'] as const) {
    const written = pair.privateKey.export({ type: type as 'pkcs8', format: format as 'der' });
    const key = await readPrivateKey(Buffer.from(written), undefined);
    expect(key.encrypted).toBe(false);
    expect(key.publicKey.algorithm).toBe(algorithm);
    expect(Buffer.from(key.publicKey.spki)).toEqual(spki(pair.publicKey));
  }
});

test.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'])(
  'PKCS#8 encrypted with %s: decrypts, and tells wrong from missing',
  async (cipher) => {
    const pem = encryptedPem(cipher);
    const key = await readPrivateKey(Buffer.from(pem), passphrase);
    expect(key.encrypted).toBe(true);
    expect(Buffer.from(key.publicKey.spki)).toEqual(spki(rsa.publicKey));
    expect((await problem(pem)).finding).toBe('passphrase_missing');
    expect((await problem(pem, new Secret('wrong'))).finding).toBe('passphrase_wrong');
  },
);

test('encrypted PKCS#8 as DER', async () => {
  const options = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  const der = ec.privateKey.export(options);
  expect((await readPrivateKey(der, new Secret('x'))).publicKey.curve).toBe('prime256v1');
  expect((await problem(der)).finding).toBe('passphrase_missing');
});

test('500 wrong passphrases are all called wrong: padding that fits by chance is not damage', async () => {
  const pem = Buffer.from(
    ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
  );
  const verdicts = new Set<string>();
  for (let attempt = 0; attempt < 500; attempt++) {
    verdicts.add((await problem(pem, new Secret(`wrong ${attempt}`))).finding);
  }
  expect(verdicts).toEqual(new Set(['passphrase_wrong']));
});

test.each([
  ['a certificate before it', (pem: string) => `${toPem(Buffer.from('x'))}${pem}`],
  ['text around it', (pem: string) => `Bag Attributes\n    friendlyName: mesh\n${pem}\nthe end`],
  ['CRLF and a byte order mark', (pem: string) => `\ufeff${pem.replaceAll('\n', '\r\n')}`],
  ['its line ends written \\n', (pem: string) => pem.replaceAll('\n', '\\n')],
  ['its line ends written \\r\\n', (pem: string) => pem.replaceAll('\n', '\\r\\n')],
  ['its line ends turned into spaces', (pem: string) => pem.replaceAll('\n', ' ')],
  ['quotes around it', (pem: string) => `"${pem}"`],
  ['base64 of the whole', (pem: string) => Buffer.from(pem).toString('base64')],
  ['base64 in lines', (pem: string) => Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n')],
])('a PEM key with %s', async (_, bend) => {
  expect((await readPrivateKey(Buffer.from(bend(encryptedPem())), passphrase)).publicKey.bits).toBe(2048);
});

test('base64 of DER', async () => {
  const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der' });
  expect((await readPrivateKey(Buffer.from(der.toString('base64')), undefined)).publicKey.bits).toBe(2048);
});

test.each([
  ['nothing', '', 'it is empty'],
  ['text', 'hello there', 'it is neither PEM nor DER, nor base64 of either'],
  ['a certificate alone', toPem(Buffer.from('x')), 'it does not contain a private key, only CERTIFICATE'],
  ['half a key', encryptedPem().slice(0, 600), 'block 1 (ENCRYPTED PRIVATE KEY, line 1): its END line is missing'],
  ['a key of OpenSSH', toPem(Buffer.from('x'), 'OPENSSH PRIVATE KEY'), 'it is an OpenSSH key'],
  ['DER that is no key', sequence(tlv(0x05), sequence()), 'its DER is not a private key'],
  ['a public key', spki(generateKeyPairSync('ed25519').publicKey), 'it is a public key, not a private key'],
  [
    'PKCS#8 of nonsense',
    toPem(sequence(tlv(2, Buffer.from([0]))), 'PRIVATE KEY'),
    'OpenSSL cannot read it as a private key',
  ],
  ['a Java keystore', Buffer.from('feedfeed00000002', 'hex'), 'it is a Java keystore'],
])('%s is malformed, with the reason', async (_, content, reason) => {
  const { finding, message } = await problem(content, passphrase);
  expect(finding).toBe(reason.includes('limit') ? 'input_over_limit' : 'private_key_malformed');
  expect(message).toContain(reason);
});

test('an encrypted key that lost octets is malformed, not a wrong passphrase', async () => {
  const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' });
  const damaged = await problem(toPem(der.subarray(0, der.length - 16), 'ENCRYPTED PRIVATE KEY'), new Secret('x'));
  expect(damaged).toMatchObject({ finding: 'private_key_malformed' });
  expect(damaged.message).toContain('cut short');
});

test('octets after a key are malformed', async () => {
  const der = ec.privateKey.export({ type: 'pkcs8', format: 'der' });
  expect((await problem(Buffer.concat([der, Buffer.from([0])]))).message).toContain('1 byte too many');
});

test.each([
  [
    'a cipher nobody reads',
    sequence(tlv(6, Buffer.from('2a864886f70d010503', 'hex')), sequence()),
    'pbeWithMD5AndDES-CBC',
  ],
  [
    '2³¹ − 1 rounds of PBKDF2',
    pbes2(Buffer.from('7fffffff', 'hex')),
    'iteration count of 2,147,483,647 is more than the limit of 2,000,000',
  ],
  ['scrypt that wants 2 TiB', scrypt(Buffer.from('7fffffff', 'hex')), 'scrypt parameters are not valid'],
  ['scrypt that wants 2³⁰ blocks', scrypt(Buffer.from('40000000', 'hex')), 'more than the limit of 2,097,152 rounds'],
  [
    'scrypt that wants eight million lanes',
    scrypt(Buffer.from([2]), '00800000'),
    'more than the limit of 2,097,152 rounds',
  ],
  [
    'scrypt that would take five seconds',
    scrypt(Buffer.from([64, 0]), '0080'),
    'more than the limit of 2,097,152 rounds',
  ],
])('%s is refused without being computed', async (_, algorithm, reason) => {
  const { finding, message } = await problem(sequence(algorithm, tlv(4, Buffer.alloc(16))), passphrase);
  expect(finding).toBe(reason.includes('limit') ? 'input_over_limit' : 'private_key_malformed');
  expect(message).toContain(reason);
});

function scrypt(cost: Buffer, lanes = '01'): Buffer {
  const oid = (hex: string) => tlv(6, Buffer.from(hex, 'hex'));
  const numbers = [cost, Buffer.from([8]), Buffer.from(lanes, 'hex')].map((number) => tlv(2, number));
  const kdf = sequence(oid('2b06010401da47040b'), sequence(tlv(4, Buffer.alloc(8)), ...numbers));
  return sequence(
    oid('2a864886f70d01050d'),
    sequence(kdf, sequence(oid('60864801650304012a'), tlv(4, Buffer.alloc(16)))),
  );
}

function pbes2(rounds: Buffer): Buffer {
  const oid = (hex: string) => tlv(6, Buffer.from(hex, 'hex'));
  const pbkdf2 = sequence(oid('2a864886f70d01050c'), sequence(tlv(4, Buffer.alloc(8)), tlv(2, rounds)));
  const aes = sequence(oid('60864801650304012a'), tlv(4, Buffer.alloc(16)));
  return sequence(oid('2a864886f70d01050d'), sequence(pbkdf2, aes));
}

describe.skipIf(!needs('openssl'))('as openssl writes them', () => {
  let shop: Workshop;
  beforeAll(() => {
    shop = workshop();
    shop.openssl('genpkey', '-algorithm', 'RSA', '-out', 'rsa.pem', '-aes256', '-pass', `pass:${passphrase.reveal()}`);
    shop.openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-out', 'ec.pem');
  });
  afterAll(() => shop.remove());

  test('`openssl genpkey -aes256`, the guide’s own command', async () => {
    expect((await readPrivateKey(readFileSync(shop.path('rsa.pem')), passphrase)).encrypted).toBe(true);
  });

  test.each(['aes128', 'aes192', 'aes256', 'des3'])('Proc-Type: 4,ENCRYPTED with %s', async (cipher) => {
    shop.openssl('ec', '-in', 'ec.pem', `-${cipher}`, '-passout', `pass:${passphrase.reveal()}`, '-out', 'legacy.pem');
    const pem = readFileSync(shop.path('legacy.pem'));
    expect(pem.toString()).toContain('Proc-Type: 4,ENCRYPTED');
    const key = await readPrivateKey(pem, passphrase);
    expect(key).toMatchObject({ encrypted: true, publicKey: { curve: 'secp384r1' } });
    expect((await problem(pem)).finding).toBe('passphrase_missing');
    expect((await problem(pem, new Secret('wrong'))).finding).toBe('passphrase_wrong');
    const damaged = pem.toString().replace(/DEK-Info: [^,]+,/, 'DEK-Info: ');
    expect((await problem(damaged, passphrase)).finding).toBe('private_key_malformed');
  });

  test.each([
    ['scrypt', ['-scrypt']],
    ['a million rounds', ['-v2', 'aes-256-cbc', '-iter', '1000000']],
    ['SHA-512', ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
    ['SHA-1', ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1']],
    ['PKCS#12 triple DES', ['-v1', 'PBE-SHA1-3DES']],
  ])('PKCS#8 with %s', async (_, flags) => {
    shop.openssl(
      'pkcs8',
      '-topk8',
      '-in',
      'ec.pem',
      ...flags,
      '-passout',
      `pass:${passphrase.reveal()}`,
      '-out',
      'k.pem',
    );
    const pem = readFileSync(shop.path('k.pem'));
    expect(await readPrivateKey(pem, passphrase)).toMatchObject({ encrypted: true, publicKey: { curve: 'secp384r1' } });
    expect((await problem(pem, new Secret('wrong'))).finding).toBe('passphrase_wrong');
  });

  // OpenSSL 3, and so a client, reads them only with its legacy provider.
  test.each(['PBE-SHA1-RC2-40', 'PBE-SHA1-RC2-128'])('PKCS#8 with %s has to be encrypted again', async (cipher) => {
    const words = ['pkcs8', '-topk8', '-in', 'ec.pem', '-v1', cipher, '-provider', 'legacy', '-provider', 'default'];
    shop.openssl(...words, '-passout', `pass:${passphrase.reveal()}`, '-out', 'k.pem');
    const { finding, message } = await problem(readFileSync(shop.path('k.pem')), passphrase);
    expect([finding, message]).toEqual([
      'private_key_malformed',
      expect.stringMatching(/encrypted with RC2, which current TLS libraries do not read; encrypt it again/),
    ]);
  });

  test('EC PARAMETERS before the key are passed over', async () => {
    shop.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'parameters.pem');
    const pem = readFileSync(shop.path('parameters.pem'));
    expect(pem.toString()).toContain('EC PARAMETERS');
    expect((await readPrivateKey(pem, undefined)).publicKey.curve).toBe('prime256v1');
  });

  test('a passphrase that was typed in Latin-1 still fits', async () => {
    const latin1 = Buffer.from('p£ss', 'latin1');
    const pem = ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: latin1 });
    expect((await readPrivateKey(Buffer.from(pem), new Secret('p£ss'))).encrypted).toBe(true);
  });
});

/** To generate two primes of this size takes half a minute; RFC 3526 has some, of 6,144 and 2,048 bits. */
function largeRsaKey(): Buffer {
  const [p, q] = ['modp17', 'modp14'].map((group) => BigInt(`0x${getDiffieHellman(group).getPrime('hex')}`)) as [
    bigint,
    bigint,
  ];
  const e = 65537n;
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = [0n, p * q, e, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)];
  return sequence(...numbers.map(integer));
}

/** By Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return tlv(0x02, (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets);
}

function nonsensicalRsaKey(bits: number): Buffer {
  const number = (octets: number) => tlv(0x02, Buffer.from([0]), Buffer.alloc(octets, 0xc1));
  const [modulus, prime] = [number(bits / 8), number(bits / 16)];
  const exponent = tlv(0x02, Buffer.from([1, 0, 1]));
  return sequence(tlv(0x02, Buffer.from([0])), modulus, exponent, modulus, ...Array<Buffer>(5).fill(prime));
}

test.each([
  [8192, []],
  [8200, ['input_over_limit']],
  [400_000, ['input_over_limit']],
])('an RSA key of %i bits', async (bits, expected) => {
  const key = bits === 8192 ? largeRsaKey() : nonsensicalRsaKey(bits);
  const credential = await read({ privateKey: inline(toPem(key, 'RSA PRIVATE KEY')) });
  expect(codes(credential).filter((code) => code !== 'private_key_unencrypted')).toEqual(expected);
  expect(credential.privateKey?.publicKey.bits).toBe(expected.length === 0 ? bits : undefined);
});

test('an error that something else left behind in OpenSSL is not the key’s', async () => {
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const leaveOne = () => expect(rsa.publicKey.equals(ec.publicKey)).toBe(false);
  leaveOne();
  expect(() => createPrivateKey(pem)).toThrow('error:');
  leaveOne();
  expect((await readPrivateKey(Buffer.from(pem), undefined, 'later')).publicKey.bits).toBe(2048);
});
