/** From DER to facts (RFC 5280 §4.1). */
import { createHash } from 'node:crypto';
import { limits } from '../limits/index.ts';
import { counted, Untrusted } from '../text/index.ts';
import { type Certificate, MalformedCertificateError } from './certificate.ts';
import {
  bitString,
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  hex,
  oid,
  readDer,
  smallInteger,
  tags,
} from './der.ts';
import { parseExtensions } from './extensions.ts';
import { parseName } from './name.ts';
import { opensslCertificate } from './openssl-certificate.ts';
import { publicKeyFacts } from './public-key.ts';
import { signatureAlgorithmName } from './signature-algorithms.ts';
import { time } from './time.ts';

/**
 * Certificates by fingerprint, least recently used first. Ten thousand environments share a handful of CAs, and every cycle reads the
 * same files again. The limit is 4,096 entries of about 6 kB.
 */
const known = new Map<string, Certificate>();
const mostKnown = 4096;

/**
 * Reads one certificate. Equal bytes return the same object, so objects can be compared by identity for a short time, and results for
 * a certificate can be kept in a WeakMap.
 * @throws {MalformedCertificateError} unless `der` is one X.509 certificate in DER with nothing after it, within the limits, and OpenSSL
 * can read it too.
 * @example
 * const [block] = readPem(await readFile('client.pem', 'utf8'));
 * if (block?.bytes) console.log(parseCertificate(block.bytes).subject.commonName);
 */
export function parseCertificate(der: Uint8Array): Certificate {
  assertWithinBytes(der);
  const fingerprint = createHash('sha256').update(der).digest('hex');
  return remembered(known.get(fingerprint) ?? parse(der, fingerprint));
}

/** One that was parsed in another thread: the same object as for those that are parsed here. */
export const knownCertificate = (certificate: Certificate): Certificate =>
  remembered(known.get(certificate.fingerprintSha256) ?? certificate);

function remembered(certificate: Certificate): Certificate {
  known.delete(certificate.fingerprintSha256);
  known.set(certificate.fingerprintSha256, certificate);
  if (known.size > mostKnown) known.delete(known.keys().next().value ?? '');
  return certificate;
}

/** Before anything looks at it: anyone can send a certificate. */
function assertWithinBytes({ length }: Uint8Array): void {
  if (length <= limits.certificateBytes) return;
  const message = `the certificate has ${counted(length)} bytes, more than the limit of ${counted(limits.certificateBytes)}`;
  throw new MalformedCertificateError(message, { overLimit: true });
}

function parse(bytes: Uint8Array, fingerprintSha256: string): Certificate {
  // A copy: the result contains views of it, and must not keep a whole file in memory or change with it.
  const der = new Uint8Array(bytes);
  try {
    const certificate = { der, fingerprintSha256, ...parseFields(der) };
    assertOpenSslReads(der);
    return certificate;
  } catch (error) {
    if (error instanceof DerError) throw new MalformedCertificateError(error.message, error);
    throw error;
  }
}

function parseFields(der: Uint8Array): Omit<Certificate, 'der' | 'fingerprintSha256'> {
  const outer = new Fields(
    expectTag(readDer(der, 'the certificate'), tags.sequence, 'the certificate'),
    'the certificate',
  );
  const tbs = new Fields(outer.take(tags.sequence, 'TBSCertificate'), 'TBSCertificate');
  const algorithm = outer.take(tags.sequence, 'the signature algorithm');
  bitString(outer.take(tags.bitString, 'the signature'), 'the signature');
  outer.end();

  const version = parseVersion(tbs.optional(context(0)));
  const serial = parseSerial(tbs.take(tags.integer, 'the serial number'));
  tbs.take(tags.sequence, 'the signature field');
  const issuer = parseName(tbs.any('the issuer'), 'the issuer');
  const validity = new Fields(tbs.take(tags.sequence, 'the validity'), 'the validity');
  const notBefore = time(validity.any('notBefore'), 'notBefore');
  const notAfter = time(validity.any('notAfter'), 'notAfter');
  validity.end();
  const subject = parseName(tbs.any('the subject'), 'the subject');
  const spki = tbs.take(tags.sequence, 'the public key').raw;
  tbs.optional(contextPrimitive(1)); // issuerUniqueID
  tbs.optional(contextPrimitive(2)); // subjectUniqueID
  const extensions = tbs.optional(context(3));
  tbs.end();

  return {
    serial,
    version,
    subject: subject.name,
    subjectRdns: subject.rdns,
    subjectCommonNames: subject.commonNames.map((name) => new Untrusted(name)),
    subjectEmailAddresses: subject.emailAddresses.map((address) => new Untrusted(address)),
    issuer: issuer.name,
    notBefore,
    notAfter,
    publicKey: publicKeyFacts(spki),
    signatureAlgorithm: parseAlgorithm(algorithm),
    selfIssued: subject.name.canonical === issuer.name.canonical,
    ...parseExtensions(extensions && expectTag(readDer(extensions.body, 'extensions'), tags.sequence, 'extensions')),
  };
}

function parseVersion(value: DerValue | undefined): number {
  if (!value) return 1;
  const version =
    1 + smallInteger(expectTag(readDer(value.body, 'the version'), tags.integer, 'the version'), 'the version');
  if (version > 3) throw new DerError(`the version is ${version}`);
  return version;
}

/** RFC 5280 §4.1.2.2; anything longer is shown cut, because it stands in metrics, messages and tables. */
const mostSerialOctets = 20;

/** RFC 5280 §4.1.2.2 requires positive serial numbers of at most 20 octets, and tells readers to accept others. Negative ones are written as OpenSSL does. */
function parseSerial({ body }: DerValue): string {
  const [first] = body;
  if (first === undefined) throw new DerError('the serial number is empty');
  const digits = first === 0 && body.length > 1 ? body.subarray(1) : body;
  if (digits.length > mostSerialOctets) return `${hex(digits.subarray(0, mostSerialOctets)).toUpperCase()}…`;
  if (first >= 0x80) {
    const magnitude = ((1n << BigInt(body.length * 8)) - BigInt(`0x${hex(body)}`)).toString(16).toUpperCase();
    return `-${magnitude.length % 2 ? '0' : ''}${magnitude}`;
  }
  return hex(digits).toUpperCase();
}

function parseAlgorithm(value: DerValue): string {
  const [id, parameters] = children(value, 'the signature algorithm');
  if (!id) throw new DerError('the signature algorithm is missing');
  return signatureAlgorithmName(oid(id, 'the signature algorithm'), parameters);
}

/** TLS libraries built on OpenSSL cannot present or trust what it cannot read. */
function assertOpenSslReads(der: Uint8Array): void {
  try {
    opensslCertificate(der);
  } catch {
    // Its reason is about PEM, which Node tries first, so it does not help.
    throw new DerError('OpenSSL cannot read the certificate');
  }
}
