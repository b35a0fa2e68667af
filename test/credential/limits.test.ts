/** What a bundle, a key and a keystore may be. The work is counted: certificates parsed, and rounds of key derivation. */
import * as crypto from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readCertificates } from '../../src/credential/certificates.ts';
import { clean } from '../../src/credential/form/unwrap.ts';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { limits } from '../../src/limits/index.ts';
import { Secret } from '../../src/sources/secret.ts';
import * as parse from '../../src/x509/parse.ts';
import { toPem } from '../../src/x509/pem.ts';
import { read } from '../support/credential/workshop.ts';
import { inline } from '../support/sources.ts';
import { cn, extension, name, raw, rdn } from '../support/x509/raw.ts';

vi.mock('node:crypto', { spy: true });
vi.mock('../../src/x509/parse.ts', { spy: true });
beforeEach(() => vi.clearAllMocks());

const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
const numbered = (index: number) => raw({ serial: Buffer.from([1, index >> 8, index & 0xff]) });
const bundleOf = (count: number) => Array.from({ length: count }, (_, index) => toPem(numbered(index))).join('');

describe('a bundle', () => {
  test('of as many certificates as the limit is read whole', async () => {
    const { bundle, problems } = await read({ caBundle: inline(bundleOf(limits.bundleCertificates)) });
    expect(bundle).toHaveLength(limits.bundleCertificates);
    expect(problems.map(({ code }) => code)).toEqual([]);
  });

  test('of 2,919 certificates is read up to the limit, which a critical finding names', async () => {
    const text = bundleOf(2_919);
    expect(text.length).toBeLessThan(limits.sourceBytes);
    const { bundle, problems } = await read({ caBundle: inline(text) });
    expect(bundle).toHaveLength(limits.bundleCertificates);
    expect(vi.mocked(parse.parseCertificate).mock.calls.length).toBeLessThanOrEqual(limits.bundleCertificates + 1);
    expect(problems).toMatchObject([
      {
        code: 'input_over_limit',
        severity: 'critical',
        message: 'the configuration: it has more than 512 certificates, the limit; the others are not looked at.',
      },
    ]);
  });

  test('of few certificates with very many names is read up to the limit on all names together', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => tlv(0x82, Buffer.from(`n${index}`)));
    const extensions = [extension('551d11', sequence(...names))];
    const certificates = Array.from({ length: 8 }, (_, index) => raw({ serial: Buffer.from([9, index]), extensions }));
    const { bundle, problems } = await read({ caBundle: inline(certificates.map((der) => toPem(der)).join('')) });
    expect(bundle).toHaveLength(5);
    expect(problems).toMatchObject([
      {
        code: 'input_over_limit',
        message: expect.stringContaining('more than 6000 names and policies in all, the limit'),
      },
    ]);
  });

  test('with a common name of 240,000 combining marks names the block, and the others are used', async () => {
    const hostile = raw({ subject: name(rdn(cn('\u0316\u0301'.repeat(120_000)))) });
    const { bundle, problems } = await read({ caBundle: inline(`${toPem(hostile)}${toPem(numbered(1))}`) });
    expect(bundle).toHaveLength(1);
    expect(problems).toMatchObject([
      {
        code: 'input_over_limit',
        message: expect.stringMatching(/block 1 \(line 1\): the certificate has .* bytes, more/),
      },
    ]);
  });
});

test('a client certificate over a limit is critical, and is not confused with a damaged one', async () => {
  const extensions = Array.from({ length: 65 }, (_, index) =>
    extension(`2a03${(index + 1).toString(16).padStart(2, '0')}`, Buffer.alloc(1)),
  );
  const { certificate, problems } = await read({ certificate: inline(toPem(raw({ extensions }))) });
  expect(certificate).toBeUndefined();
  expect(problems).toMatchObject([{ code: 'input_over_limit', severity: 'critical' }]);
});

describe('the rounds of key derivation are counted for the whole keystore', () => {
  const passphrase = new Secret('naïve');

  /** A keystore without a MAC, with encrypted safes that no passphrase opens until the last encoding of it was tried. */
  const keystore = (safes: number, rounds: number) => {
    const salt = tlv(0x04, Buffer.alloc(8));
    const digits = rounds.toString(16);
    const count = tlv(0x02, Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex'));
    const kdf = sequence(oid('2a864886f70d01050c'), sequence(salt, count));
    const cipher = sequence(oid('60864801650304012a'), tlv(0x04, Buffer.alloc(16)));
    const scheme = sequence(oid('2a864886f70d01050d'), sequence(kdf, cipher));
    const key = sequence(scheme, tlv(0x04, Buffer.alloc(32)));
    const bag = sequence(oid('2a864886f70d010c0a0102'), tlv(0xa0, key));
    const safe = sequence(oid('2a864886f70d010701'), tlv(0xa0, tlv(0x04, sequence(bag))));
    const authenticated = sequence(...Array<Buffer>(safes).fill(safe));
    return sequence(
      tlv(0x02, Buffer.from([3])),
      sequence(oid('2a864886f70d010701'), tlv(0xa0, tlv(0x04, authenticated))),
    );
  };
  const rounds = () =>
    vi.mocked(crypto.pbkdf2).mock.calls.reduce((sum, [, , each]) => sum + each, 0) +
    vi.mocked(crypto.pbkdf2Sync).mock.calls.reduce((sum, [, , each]) => sum + each, 0);

  test('a key that takes fewer is tried with every encoding of the passphrase', async () => {
    const { problems } = await readKeystore(keystore(1, 1000), passphrase);
    expect(problems).toEqual([{ code: 'passphrase_wrong', message: 'the passphrase does not decrypt it' }]);
    expect(rounds()).toBeGreaterThanOrEqual(4000);
  });

  test('one that takes more is given up at the limit', async () => {
    const { problems } = await readKeystore(keystore(1, 1_900_000), passphrase);
    expect(problems).toEqual([
      {
        code: 'input_over_limit',
        message: 'its passphrase takes more than 8,000,000 rounds of key derivation in all, the limit',
      },
    ]);
    expect(rounds()).toBeLessThanOrEqual(limits.derivationRounds);
  });
});

test('a message of a megabyte of opening brackets, and a text of a megabyte of backslashes, are read in linear time', async () => {
  const megabyte = 1024 * 1024 - 200;
  const head = 'From: a@example\nTo: b@example\nContent-Type: text/html\n\n';
  for (const text of [head + '<'.repeat(megabyte), head + '<br'.repeat(megabyte / 3)])
    expect((await readCertificates(Buffer.from(text))).entries).toEqual([]);
  expect(clean('\\'.repeat(megabyte)).undone).toEqual([]);
  expect(clean('a\\\\n\\r\\nb').text).toBe('a\n\nb');
});
