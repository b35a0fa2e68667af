/** Distinguished names: how they are written (RFC 4514) and when two are the same (RFC 5280 §7.1). */
import { createHash } from 'node:crypto';
import { limits } from '../limits/index.ts';
import { counted, escaped, replaceTreacherous, type SafeText, shortened, Untrusted } from '../text/index.ts';
import type { DistinguishedName } from './certificate.ts';
import {
  assertValueBytes,
  children,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  hex,
  oid,
  overLimit,
  tags,
} from './der.ts';

/** RFC 4514 §3, and OpenSSL's names for others found in certificates. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};
const commonNameOid = '2.5.4.3';
const emailAddressOid = '1.2.840.113549.1.9.1';

interface Attribute {
  readonly type: string;
  readonly raw: Uint8Array;
  /** Absent if the value is not a string. */
  readonly text?: string;
}

export interface ParsedName {
  readonly name: DistinguishedName;
  /** Canonical RDNs, root first. */
  readonly rdns: readonly string[];
  /** As written. */
  readonly commonNames: readonly string[];
  /** As written: case matters in the part before the `@` (RFC 5280 §7.5). */
  readonly emailAddresses: readonly string[];
}

export function parseName(value: DerValue, what: string): ParsedName {
  const rdns = attributesOf(value, what).map((rdn) => rdn.map((attribute) => parseAttribute(attribute, what)));
  const commonNames = textsOf(rdns, commonNameOid);
  const commonName = commonNames.at(-1);
  const canonical = rdns.map(canonicalRdn);
  return {
    name: {
      text: escaped(rdns.map((rdn) => rdn.map(written).join('+')).join(', ')),
      canonical: short(canonical.join(',')),
      ...(commonName === undefined ? {} : { commonName: new Untrusted(commonName) }),
    },
    rdns: canonical,
    commonNames,
    emailAddresses: textsOf(rdns, emailAddressOid),
  };
}

const longestCanonical = 256;

/** Names are compared very often, and the cost of comparing must not grow with their length. */
const short = (canonical: string): string =>
  canonical.length <= longestCanonical ? canonical : createHash('sha256').update(canonical).digest('hex');

const textsOf = (rdns: readonly Attribute[][], wanted: string): string[] =>
  rdns.flat().flatMap(({ type, text }) => (type === wanted && text !== undefined ? [text] : []));

/** The attributes of each RDN. They are counted before any of them is read. */
function attributesOf(value: DerValue, what: string): DerValue[][] {
  const rdns = children(expectTag(value, tags.sequence, what), what).map((rdn) =>
    children(expectTag(rdn, tags.set, what), what),
  );
  if (rdns.some(({ length }) => length === 0)) throw new DerError(`${what} has an empty RDN`);
  const count = rdns.reduce((sum, { length }) => sum + length, 0);
  if (count > limits.nameValues)
    throw overLimit(`${what} has ${counted(count)} values, more than the limit of ${limits.nameValues}`);
  return rdns;
}

function parseAttribute(value: DerValue, what: string): Attribute {
  const fields = new Fields(expectTag(value, tags.sequence, what), what);
  const type = oid(fields.any(what), what);
  const place = `the value of ${shortNames[type] ?? type} in ${what}`;
  const content = fields.any(place);
  fields.end();
  assertValueBytes(content, place);
  const text = directoryString(content, place);
  return { type, raw: content.raw, ...(text === undefined ? {} : { text }) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Every string type gives the same text; undefined if the value is not a string. TeletexString is read as Latin-1, as everyone does.
 * @throws {DerError} for octets that are not valid for their type. OpenSSL refuses such a name too, so the certificate cannot be used.
 */
function directoryString({ tag, body }: DerValue, what: string): string | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  switch (tag) {
    case 0x0c: // UTF8String
      return utf8String(bytes, what);
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x14: // TeletexString (T61)
    case 0x16: // IA5String
    case 0x1a: // VisibleString
      return bytes.toString('latin1');
    case 0x1e: // BMPString
      if (bytes.length % 2 !== 0) throw new DerError(`${what} is not a BMPString`);
      return Buffer.from(bytes).swap16().toString('utf16le').toWellFormed();
    case 0x1c: // UniversalString
      return universalString(bytes, what);
    default:
      return undefined;
  }
}

function utf8String(bytes: Buffer, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new DerError(`${what} is not valid UTF-8`);
  }
}

function universalString(bytes: Buffer, what: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const codePoint = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (codePoint > 0x10ffff) throw new DerError(`${what} is not a UniversalString`);
    text += String.fromCodePoint(codePoint);
  }
  return text.toWellFormed();
}

/** RFC 4514 §2.4. Characters that could mislead a reader are written as the hex pairs of their UTF-8, as the standard allows. */
const escapeName = (text: string): SafeText =>
  replaceTreacherous(
    text
      .replace(/[\\"+,;<>]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      .replace(/(?<=.) $/, '\\ '),
    hexPairs,
  );

const hexPairs = (character: string): string =>
  Buffer.from(character, 'utf8').toString('hex').toUpperCase().replace(/../g, '\\$&');

const written = ({ type, text, raw }: Attribute): string =>
  `${shortNames[type] ?? type}=${text === undefined ? `#${hex(raw)}` : escapeName(text)}`;

/** RFC 5280 §4.1.2.4: an RDN is a set, so its attributes have no order. */
const canonicalRdn = (rdn: readonly Attribute[]): string =>
  rdn
    .map(({ type, text, raw }) => `${type}=${text === undefined ? `#${hex(raw)}` : escapeName(foldName(text))}`)
    .sort()
    .join('+');

/** RFC 5280 §7.1 with RFC 4518 §2: map, normalise, fold case, and replace every run of white space with one space. */
export function foldName(text: string): string {
  return text
    .replace(/[\t\n\v\f\r\u0085\p{Z}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/ +/g, ' ')
    .trim();
}

/**
 * What people call a certificate: its common name, or the whole name if it does not have one that can be read. Cut to `most` characters.
 * Empty if there is no name at all.
 */
export function nameOf({ commonName, text }: DistinguishedName, most: number): SafeText {
  const readable = commonName !== undefined && commonName.raw().trim() !== '';
  return shortened(readable ? commonName : text, most);
}
