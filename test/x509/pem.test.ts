import { expect, test } from 'vitest';
import { readPem, toPem } from '../../src/x509/pem.ts';

const bytes = Buffer.from('a certificate, for all that PEM cares, of more than one line of base64 digits');
const pem = toPem(bytes);
const read = (text: string) =>
  readPem(text).map(({ label, number, line, problem, bytes: body }) => {
    return { label, number, line, ...(problem === undefined ? { body: Buffer.from(body!) } : { problem }) };
  });
const good = { label: 'CERTIFICATE', number: 1, line: 1, body: bytes };

test.each([
  ['as it is written', pem, 1],
  ['with CRLF', pem.replaceAll('\n', '\r\n'), 1],
  ['with CR alone', pem.replaceAll('\n', '\r'), 1],
  ['without a last line end', pem.trimEnd(), 1],
  ['indented, as YAML leaves it', pem.replaceAll(/^/gm, '    '), 1],
  ['with spaces for line ends', pem.replaceAll('\n', ' '), 1],
  ['with blank lines inside', pem.replaceAll('\n', '\n\n'), 1],
  ['all on one line', pem.replace(/\n(?!-)/g, ''), 1],
  ['with text around it', `Dear colleague,\n\nsubject=/O=nhs\n${pem}Kind regards\n`, 4],
])('a block %s', (_, text, line) => {
  expect(read(text)).toEqual([{ ...good, line }]);
});

test('every block is numbered and has its line', () => {
  expect(read(`one\n${pem}two\n\n${toPem(bytes, 'PRIVATE KEY')}`)).toEqual([
    { ...good, line: 2 },
    { label: 'PRIVATE KEY', number: 2, line: 8, body: bytes },
  ]);
});

test.each([
  ['an END line is missing', pem.replace(/-----END.*/, ''), 'its END line is missing'],
  ['END says something else', pem.replace('END CERTIFICATE', 'END X509 CRL'), 'its END line does not say CERTIFICATE'],
  [
    'a stray character',
    pem.replace(/[A-Z]{2}/g, (all, at) => (at > 30 && at < 60 ? '*!' : all)),
    'characters that are not base64',
  ],
  ['digits are lost', pem.replace(/(\n.{10})./, '$1'), 'its base64 is cut short'],
  ['nothing inside', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', 'it is empty'],
  ['a damaged BEGIN line', pem.replace('BEGIN CERTIFICATE-----', 'BEGIN certif'), 'its BEGIN line is damaged'],
])('a block where %s is reported, and the next one still read', (_, damaged, reason) => {
  const [first, second] = readPem(`${damaged}\n${pem}`);
  expect(first?.bytes).toBeUndefined();
  expect(first?.problem).toContain(reason);
  expect(Buffer.from(second!.bytes!)).toEqual(bytes);
  expect(second).toMatchObject({ number: 2 });
});

test('RFC 1421 headers are read', () => {
  const [block] = readPem(pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n'));
  expect(Object.fromEntries(block!.headers)).toEqual({ 'proc-type': '4,ENCRYPTED', 'dek-info': 'AES-128-CBC,00FF' });
  expect(Buffer.from(block!.bytes!)).toEqual(bytes);
});

test('text without a block has none', () => {
  expect(readPem('')).toEqual([]);
  expect(readPem('-----BEGIN')).toEqual([]);
});

// Quadratic work would take longer than a test may.
test('a megabyte of BEGIN lines is read in linear time', () => {
  expect(readPem('-----BEGIN CERTIFICATE-----\n'.repeat(37_000))).toHaveLength(37_000);
});

test('the end of a long line is looked for once, not for every block in it', () => {
  const blocks = readPem(`${'x'.repeat(50_000_000)}${'-----BEGIN '.repeat(20_000)}`);
  expect(blocks).toHaveLength(20_000);
  expect(blocks.at(-1)).toMatchObject({ line: 1, problem: 'its BEGIN line is damaged' });
});
