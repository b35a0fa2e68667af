/**
 * A throwaway public key infrastructure in the shape of the NHS one: a root, a sub CA, and clients whose certificates look like those
 * that the desk issues. For the demonstration and the tests; nothing it signs is trusted anywhere else.
 */
import 'reflect-metadata';
import { createPublicKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { minuteMs } from '../time/index.ts';
import { generalizedTime, sequence } from './der.ts';
import {
  generateKeys,
  type HashName,
  type KeyKind,
  type KeyPair,
  keyIdentifierOf,
  signingAlgorithmOf,
  signingKeyOf,
  spkiOf,
} from './keys.ts';

/** RDNs in the certificate's order: `[{ O: ['nhs'] }, { CN: [{ printableString: 'x' }] }]`, or RFC 4514 text. */
export type NameInput = ConstructorParameters<typeof Name>[0];

export interface Template {
  readonly subject: NameInput;
  readonly issuer: NameInput;
  readonly publicKey: KeyObject;
  readonly signedBy: KeyPair;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
  /** Hex. Default: 128 random bits. */
  readonly serial?: string;
  /** Default: SHA-256. */
  readonly hash?: HashName;
}

export interface Issued {
  readonly der: Buffer;
  readonly pem: string;
}

/** Signs exactly what the template says, good or bad. Times are cut to whole seconds, as certificates have them. */
export async function issue(template: Template): Promise<Issued> {
  const hash = template.hash ?? 'SHA-256';
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: template.serial ?? randomBytes(16).toString('hex'),
      subject: new Name(template.subject),
      issuer: new Name(template.issuer),
      notBefore: wholeSeconds(template.notBefore),
      notAfter: wholeSeconds(template.notAfter),
      publicKey: new Uint8Array(spkiOf(template.publicKey)),
      signingKey: signingKeyOf(template.signedBy, hash),
      signingAlgorithm: signingAlgorithmOf(template.signedBy.kind, hash),
      extensions: [...template.extensions],
    },
    webcrypto as never,
  );
  return issued(Buffer.from(certificate.rawData));
}

export function issued(der: Buffer): Issued {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return { der, pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` };
}

export interface CertificateAuthority extends Issued {
  readonly keys: KeyPair;
  readonly subject: NameInput;
  readonly notAfter: Date;
}

export interface AuthorityOptions {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly years: number;
  /** Default: RSA 2048; the real roots have RSA 4096. */
  readonly key?: KeyKind;
  readonly hash?: HashName;
}

const subjectOfCa = (commonName: string): NameInput => [
  { C: ['GB'] },
  { O: ['nhs'] },
  { OU: ['CA'] },
  { CN: [commonName] },
];

/** A self-signed root, like "NHS PTL Root Authority G2". */
export async function createRoot(options: AuthorityOptions): Promise<CertificateAuthority> {
  const keys = await generateKeys(options.key ?? 'rsa-2048');
  return createAuthority(options, keys, { keys, subject: subjectOfCa(options.commonName) }, undefined);
}

/** An issuing CA below a root, like "NHS INT Authentication G2": path length 1. */
export async function createSubCa(
  root: CertificateAuthority,
  options: AuthorityOptions,
): Promise<CertificateAuthority> {
  return createAuthority(options, await generateKeys(options.key ?? 'rsa-2048'), root, 1);
}

async function createAuthority(
  { commonName, notBefore, years, hash }: AuthorityOptions,
  keys: KeyPair,
  issuer: Pick<CertificateAuthority, 'keys' | 'subject'>,
  pathLength: number | undefined,
): Promise<CertificateAuthority> {
  const subject = subjectOfCa(commonName);
  const notAfter = addYears(notBefore, years);
  const certificate = await issue({
    subject,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signedBy: issuer.keys,
    notBefore,
    notAfter,
    hash: hash ?? 'SHA-384',
    extensions: [
      new BasicConstraintsExtension(true, pathLength, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectKeyIdentifierExtension(keyIdentifierOf(keys.publicKey)),
      new AuthorityKeyIdentifierExtension(keyIdentifierOf(issuer.keys.publicKey)),
    ],
  });
  return { ...certificate, keys, subject, notAfter };
}

export interface ClientOptions {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  /** Default: three years and 30 minutes, but never beyond the CA's own expiry. */
  readonly notAfter?: Date;
}

/** A client certificate with everything that the NHS CA includes, even the private key usage period. */
export function issueClient(ca: CertificateAuthority, options: ClientOptions): Promise<Issued> {
  const { commonName, publicKey, notBefore } = options;
  const usual = new Date(addYears(notBefore, 3).getTime() + 30 * minuteMs);
  const notAfter = options.notAfter ?? (usual > ca.notAfter ? ca.notAfter : usual);
  return issue({
    subject: [{ O: ['nhs'] }, { OU: ['Devices'] }, { CN: [commonName] }],
    issuer: ca.subject,
    publicKey,
    signedBy: ca.keys,
    notBefore,
    notAfter,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      privateKeyUsagePeriod(notBefore, notAfter),
      new AuthorityKeyIdentifierExtension(keyIdentifierOf(ca.keys.publicKey)),
      new SubjectKeyIdentifierExtension(keyIdentifierOf(publicKey)),
      new BasicConstraintsExtension(false),
    ],
  });
}

/**
 * Answers a CSR as the NHS CA does: takes the key and the CN, adds `O=nhs, OU=Devices`, ignores anything else in the request.
 * @throws {Error} if the text is not a PKCS#10 request, its signature does not verify, or it has no CN.
 */
export async function signRequest(
  ca: CertificateAuthority,
  csrPem: string,
  options: { notBefore: Date; notAfter?: Date },
): Promise<Issued> {
  const request = new Pkcs10CertificateRequest(csrPem);
  if (!(await request.verify(webcrypto as never))) throw new Error('the signature of the request does not verify');
  const [commonName] = request.subjectName.getField('CN');
  if (commonName === undefined) throw new Error('the request has no common name');
  return issueClient(ca, { ...options, commonName, publicKey: keyObjectOf(request.publicKey) });
}

/** A TLS server certificate for the given DNS names and IP addresses. */
export function issueServer(
  ca: CertificateAuthority,
  options: { names: readonly string[]; publicKey: KeyObject; notBefore: Date; notAfter: Date },
): Promise<Issued> {
  return issue({
    subject: [{ CN: [options.names[0] ?? 'localhost'] }],
    issuer: ca.subject,
    publicKey: options.publicKey,
    signedBy: ca.keys,
    notBefore: options.notBefore,
    notAfter: options.notAfter,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      alternativeNames(options.names),
      new AuthorityKeyIdentifierExtension(keyIdentifierOf(ca.keys.publicKey)),
      new SubjectKeyIdentifierExtension(keyIdentifierOf(options.publicKey)),
      new BasicConstraintsExtension(false),
    ],
  });
}

export const alternativeNames = (names: readonly string[]): Extension =>
  new SubjectAlternativeNameExtension(
    names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const), value })),
  );

/** RFC 3280 §4.2.1.4. The NHS CA ends it at 70 % of the certificate's lifetime; TLS ignores it. */
export function privateKeyUsagePeriod(notBefore: Date, notAfter: Date): Extension {
  const end = new Date(notBefore.getTime() + 0.7 * (notAfter.getTime() - notBefore.getTime()));
  return new Extension('2.5.29.16', false, sequence(generalizedTime(notBefore, 0x80), generalizedTime(end, 0x81)));
}

function keyObjectOf(publicKey: PublicKey): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' });
}

const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/** Calendar years, as CAs count them; 29 February becomes 1 March. */
export function addYears(time: Date, years: number): Date {
  const moved = new Date(time);
  moved.setUTCFullYear(moved.getUTCFullYear() + years);
  return moved;
}
