/** What a certificate may be. The work is counted where it is done: in octets hashed and characters normalised. */
import * as crypto from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { sequence, tlv } from '../../src/demo/der.ts';
import { limits } from '../../src/limits/index.ts';
import { MalformedCertificateError } from '../../src/x509/certificate.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { cn, extension, name, o, raw, rdn } from '../support/x509/raw.ts';

vi.mock('node:crypto', { spy: true });

const refusal = (der: Buffer): MalformedCertificateError => {
  try {
    parseCertificate(der);
  } catch (error) {
    if (error instanceof MalformedCertificateError) return error;
    throw error;
  }
  throw new Error('it was read');
};

const san = (...names: readonly Buffer[]) => extension('551d11', sequence(...names));
const dns = (text: string) => tlv(0x82, Buffer.from(text));
/** Made of as many octets in all. */
const ofBytes = (bytes: number) => {
  const filler = (size: number) => raw({ extensions: [extension('2a0304', Buffer.alloc(size))] });
  const sample = 60_000;
  return filler(bytes - (filler(sample).length - sample));
};

test('a certificate of 64 KiB is read, and one of a byte more is refused before anything looks at it', () => {
  expect(ofBytes(limits.certificateBytes)).toHaveLength(limits.certificateBytes);
  expect(parseCertificate(ofBytes(limits.certificateBytes)).subject.text).toBe('CN=subject');
  vi.mocked(crypto.createHash).mockClear();
  const { message, overLimit } = refusal(ofBytes(limits.certificateBytes + 1));
  expect([message, overLimit]).toEqual(['the certificate has 65,537 bytes, more than the limit of 65,536', true]);
  expect(crypto.createHash).not.toHaveBeenCalled();
});

describe('what is over a limit is refused with the place and the limit', () => {
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const values = (count: number) => name(...many(count, () => rdn(o('a'))));
  const longest = 'a'.repeat(limits.valueBytes);
  test.each<[string, (most: number) => Buffer, number, RegExp]>([
    [
      'values of a name',
      (most) => raw({ subject: values(most) }),
      limits.nameValues,
      /the subject has 65 values, .*64$/,
    ],
    [
      'values of one RDN',
      (most) => raw({ issuer: name(rdn(...many(most, () => o('a')))) }),
      limits.nameValues,
      /the issuer has 65 values/,
    ],
    [
      'extensions',
      (most) =>
        raw({
          extensions: many(most, (index) =>
            extension(`2a03${(index + 1).toString(16).padStart(2, '0')}`, Buffer.alloc(1)),
          ),
        }),
      limits.extensions,
      /the certificate has 65 extensions, .*64$/,
    ],
    [
      'alternative names',
      (most) => raw({ extensions: [san(...many(most, (index) => dns(`n${index}`)))] }),
      limits.listEntries,
      /extension subject alternative name has more than 1024 entries/,
    ],
    [
      'octets of a common name',
      (most) => raw({ subject: name(rdn(cn('a'.repeat(most)))) }),
      limits.valueBytes,
      /the value of CN in the subject has 4097 bytes, more than the limit of 4096/,
    ],
    [
      'octets of an alternative name',
      (most) => raw({ extensions: [san(dns(longest.slice(0, most).padEnd(most, 'a')))] }),
      limits.valueBytes,
      /a name in extension subject alternative name has 4097 bytes/,
    ],
  ])('%s', (_, make, most, words) => {
    expect(parseCertificate(make(most)).version).toBe(3);
    const { message, overLimit } = refusal(make(most + 1));
    expect(message).toMatch(words);
    expect(overLimit).toBe(true);
  });
});

test('a common name of 20,000 combining marks is not normalised, which would cost the square of them', () => {
  const normalised = vi.spyOn(String.prototype, 'normalize');
  expect(refusal(raw({ subject: name(rdn(cn('\u0316\u0301'.repeat(10_000)))) })).overLimit).toBe(true);
  for (const marks of normalised.mock.contexts) expect(String(marks).length).toBeLessThanOrEqual(limits.valueBytes);
});

test('names are told apart by all of their text, however long it is', () => {
  const subject = (text: string) => parseCertificate(raw({ subject: name(rdn(cn(text))) })).subject;
  const long = 'a'.repeat(1000);
  expect(subject(`${long}b`).canonical).toBe(subject(`${long.toUpperCase()}B`).canonical);
  expect(subject(`${long}b`).canonical).not.toBe(subject(`${long}c`).canonical);
  expect(subject(`${long}b`).canonical).toHaveLength(64);
});
