import { expect, test } from 'vitest';
import { tlv } from '../../src/demo/der.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { attribute, cn, name, o, raw, rdn } from '../support/x509/raw.ts';

const subject = (...rdns: Buffer[]) => parseCertificate(raw({ subject: name(...rdns) })).subject;
const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
const printableString = (text: string) => tlv(0x13, Buffer.from(text, 'latin1'));
const teletex = (text: string) => tlv(0x14, Buffer.from(text, 'latin1'));
const bmp = (text: string) => tlv(0x1e, Buffer.from(text, 'utf16le').swap16());
const universal = (text: string) =>
  tlv(
    0x1c,
    Buffer.concat([...text].map((each) => Buffer.from(each.codePointAt(0)!.toString(16).padStart(8, '0'), 'hex'))),
  );

test.each([
  ['case', o('NHS'), o('nhs')],
  ['case beyond ASCII', o('ÉCOLE'), o('école')],
  ['white space at the ends', o('  NHS '), o('NHS')],
  ['runs of white space', o('NHS \t  England'), o('NHS England')],
  ['UTF8String and PrintableString', o(utf8('NHS')), o(printableString('NHS'))],
  ['UTF8String and TeletexString', o(utf8('Café')), o(teletex('Café'))],
  ['UTF8String and BMPString', o(utf8('Café')), o(bmp('Café'))],
  ['UTF8String and UniversalString', o(utf8('Café')), o(universal('Café'))],
  ['composed and decomposed accents', o('Caf\u00e9'), o('Cafe\u0301')],
  ['characters that show nothing', o('N\u200bHS'), o('NHS')],
])('the same name: %s (RFC 5280 §7.1)', (_, a, b) => {
  expect(subject(rdn(a), rdn(cn('x'))).canonical).toBe(subject(rdn(b), rdn(cn('x'))).canonical);
});

test.each([
  ['another value', [rdn(o('nhs'))], [rdn(o('nhs2'))]],
  ['another attribute', [rdn(o('nhs'))], [rdn(cn('nhs'))]],
  ['another order of RDNs', [rdn(o('a')), rdn(cn('b'))], [rdn(cn('b')), rdn(o('a'))]],
  ['one RDN of two attributes, and two RDNs', [rdn(o('a'), cn('b'))], [rdn(o('a')), rdn(cn('b'))]],
  ['a separator inside a value', [rdn(o('a,2.5.4.3=b'))], [rdn(o('a')), rdn(cn('b'))]],
  ['a plus inside a value', [rdn(o('a+2.5.4.3=b'))], [rdn(o('a'), cn('b'))]],
  ['white space inside a word', [rdn(o('NH S'))], [rdn(o('NHS'))]],
  ['the same octets, as no string', [rdn(o(tlv(0x03, Buffer.from('\0nhs'))))], [rdn(o('nhs'))]],
])('another name: %s', (_, a, b) => {
  expect(subject(...a).canonical).not.toBe(subject(...b).canonical);
});

test('the attributes of one RDN have no order (RFC 5280 §4.1.2.4)', () => {
  expect(subject(rdn(o('a'), cn('b'))).canonical).toBe(subject(rdn(cn('b'), o('a'))).canonical);
});

test('an issuer in other case and string type is self-issued all the same', () => {
  const [issuer, same] = [name(rdn(o(printableString('NHS'))), rdn(cn('Root'))), name(rdn(o('nhs')), rdn(cn('ROOT')))];
  expect(parseCertificate(raw({ issuer, subject: same })).selfIssued).toBe(true);
  expect(parseCertificate(raw({ issuer, subject: name(rdn(cn('Root'))) })).selfIssued).toBe(false);
});

test('a name reads root first with the usual short names, and an unknown type with its OID', () => {
  const odd = attribute('2a0304', utf8('x'));
  expect(subject(rdn(attribute('550406', printableString('GB'))), rdn(o('nhs')), rdn(cn('a'), odd)).text).toBe(
    'C=GB, O=nhs, CN=a+1.2.3.4=x',
  );
});

test('the common name is the last one, unescaped', () => {
  expect(subject(rdn(cn('first')), rdn(cn('a, b'))).commonName?.raw()).toBe('a, b');
  expect(subject(rdn(o('nhs'))).commonName).toBeUndefined();
});

test.each([
  ['separators', 'a,b+c"d\\e<f>g;h', 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
  ['a leading number sign', '#1', 'CN=\\#1'],
  ['spaces at the ends', ' a ', 'CN=\\ a\\ '],
  ['a line end', 'a\r\nCN=b', 'CN=a\\0D\\0ACN=b'],
  ['NUL', 'a\0b', 'CN=a\\00b'],
  ['a terminal escape', '\u001b[31m', 'CN=\\1B[31m'],
  ['a right-to-left override', 'a\u202eb', 'CN=a\\E2\\80\\AEb'],
  ['a line separator', 'a\u2028b', 'CN=a\\E2\\80\\A8b'],
  ['nothing that needs it', 'Café 日本', 'CN=Café 日本'],
])('shown text: %s (RFC 4514 §2.4)', (_, value, expected) => {
  expect(subject(rdn(cn(value))).text).toBe(expected);
});

test.each([
  ['UTF-8 that is none', tlv(0x0c, Buffer.from([0x61, 0xff, 0xfe])), 'is not valid UTF-8'],
  ['half a BMP character', tlv(0x1e, Buffer.from([0x61])), 'is not a BMPString'],
  ['three quarters of a UniversalString character', tlv(0x1c, Buffer.from([0, 0, 0x61])), 'is not a UniversalString'],
  ['a character beyond Unicode', tlv(0x1c, Buffer.from([0x7f, 0, 0, 0])), 'is not a UniversalString'],
])('refuses %s, and says where', (_, value, reason) => {
  expect(() => subject(rdn(cn(value)))).toThrow(`the value of CN in the subject ${reason}`);
});

test('an empty subject is a name', () => {
  expect(subject()).toEqual({ text: '', canonical: '' });
});
