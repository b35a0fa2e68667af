import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { decryptRc2 } from '../../src/credential/decryption/rc2.ts';
import { workshop } from '../support/credential/workshop.ts';
import { needs } from '../support/tools.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((octet, index) => octet ^ b[index]!));
/** Seven octets that can be seen, and the padding of one. */
const seen = Buffer.from('abcdefg\x01', 'latin1');

describe('RC2', () => {
  test.each([
    ['ffffffffffffffff', 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', '1000000000000001', '30649edf9be7d2c2'],
    ['88bca90e90875a7f0f79c384627bafb2', '0000000000000000', '2269552ab0f85ca6'],
  ])('decrypts as RFC 2268 §5 says: key %s', (key, plain, cipher) => {
    expect(decryptRc2(hex(key), xor(hex(plain), seen), hex(cipher))?.toString()).toBe('abcdefg');
    expect(decryptRc2(hex(`00${key.slice(2)}`), xor(hex(plain), seen), hex(cipher))?.toString()).not.toBe('abcdefg');
  });

  test.each([0, 7, 9])('gives nothing for %i octets, which are not whole blocks', (length) => {
    expect(decryptRc2(hex('ffffffffffffffff'), Buffer.alloc(8), Buffer.alloc(length))).toBeUndefined();
  });

  test.each(['00', '09', 'ff', '0102', '0302 03'])('gives nothing where the padding is wrong: %s', (end) => {
    const tail = hex(end.replaceAll(' ', ''));
    const wanted = Buffer.concat([seen.subarray(0, 8 - tail.length), tail]);
    const iv = xor(hex('ffffffffffffffff'), wanted);
    expect(decryptRc2(hex('ffffffffffffffff'), iv, hex('278b27e42e2f0d49'))).toBeUndefined();
  });
});

describe.skipIf(!needs('openssl'))('RC2 from openssl -legacy', () => {
  const shop = workshop();
  afterAll(() => shop.remove());
  const octets = (seed: string, count: number) => createHash('shake256', { outputLength: count }).update(seed).digest();
  const encrypted = (name: string, key: Buffer, iv: Buffer, plain: Buffer) => {
    shop.write('plain', plain);
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    const secret = ['-K', key.toString('hex'), '-iv', iv.toString('hex')];
    shop.openssl('enc', name, ...legacy, ...secret, '-in', 'plain', '-out', 'cipher');
    return readFileSync(shop.path('cipher'));
  };

  test.each([
    ['-rc2-40-cbc', 5],
    ['-rc2-cbc', 16],
  ] as const)('%s: what it encrypted under twelve keys comes out again', (name, keyBytes) => {
    for (let round = 0; round < 12; round += 1) {
      const [key, iv] = [octets(`key ${round}`, keyBytes), octets(`iv ${round}`, 8)];
      const plain = octets(`plain ${round}`, 250 + round);
      expect(decryptRc2(key, iv, encrypted(name, key, iv, plain))).toEqual(plain);
    }
  });

  test('a mebibyte, the largest file that is read, takes a moment: in node-forge it took a minute and a half', () => {
    const [key, iv, plain] = [octets('key', 5), octets('iv', 8), octets('plain', 1024 * 1024)];
    expect(decryptRc2(key, iv, encrypted('-rc2-40-cbc', key, iv, plain))?.equals(plain)).toBe(true);
  }, 15_000);
});
