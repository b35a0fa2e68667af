/** The content of one certificate, read once from its DER. Pure data: no file, no clock, no verdict. */
import { MonitorError } from '../errors/index.ts';
import type { SafeText, Untrusted } from '../text/index.ts';

export interface DistinguishedName {
  /** RFC 4514 text in the order people write it, most specific last as in the certificate: `C=GB, O=nhs, OU=CA, CN=…`. Misleading characters are hex pairs. */
  readonly text: SafeText;
  /** Equal for two names if and only if RFC 5280 §7.1 considers them the same (ignoring case, white space and string type). */
  readonly canonical: string;
  /** The last CN. */
  readonly commonName?: Untrusted;
}

export type KeyAlgorithm = 'RSA' | 'RSA-PSS' | 'EC' | 'Ed25519' | 'Ed448' | 'DSA' | 'unknown';

/**
 * Why a key must not be used. `malformed`: OpenSSL cannot read it, or does not support its kind. `explicit-curve`: an elliptic curve that is
 * spelt out instead of named, which RFC 5480 §2.1.1 forbids.
 */
export type KeyFlaw = 'malformed' | 'explicit-curve';

export interface PublicKeyFacts {
  readonly algorithm: KeyAlgorithm;
  /** Bits of the RSA modulus or of the curve; 0 if unknown. */
  readonly bits: number;
  readonly curve?: string;
  readonly flaw?: KeyFlaw;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** The choices of GeneralName (RFC 5280 §4.2.1.6). Each is a separate name form: a constraint on one says nothing about another. */
export type NameForm = ComparableForm | UncomparedForm;
type ComparableForm = 'dns' | 'email' | 'uri' | 'ip' | 'directory';
/** RFC 5280 §4.2.1.10 defines no comparison for these. */
export type UncomparedForm = 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredId';

export interface NameConstraints {
  readonly permitted: readonly GeneralNameConstraint[];
  readonly excluded: readonly GeneralNameConstraint[];
}
export type GeneralNameConstraint = (
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: Untrusted }
  | { readonly kind: 'ip'; readonly address: Uint8Array; readonly mask: Uint8Array }
  | { readonly kind: 'directory'; readonly rdns: readonly string[] } // canonical RDNs, root first
  | { readonly kind: UncomparedForm }
) & {
  /** It has a minimum other than 0, or a maximum (RFC 5280 §4.2.1.10: process them, or reject). */
  readonly hasDistance?: true;
};

export interface AlternativeName {
  readonly kind: NameForm;
  readonly value: Untrusted;
  /** Canonical RDNs of a directory name, root first. */
  readonly rdns?: readonly string[];
  /** Content that is not valid for its type: text that is not ASCII, an address of neither 4 nor 16 octets (RFC 5280 §4.2.1.6). */
  readonly malformed?: true;
  /** An email address with characters outside ASCII, from an otherName (SmtpUTF8Mailbox, RFC 9598). */
  readonly internationalised?: true;
}

/** The extensions that say under which policies a certificate was issued (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). */
export interface PolicyExtensions {
  /** Dotted OIDs. */
  readonly certificatePolicies?: readonly string[];
  readonly policyMappings?: readonly PolicyMapping[];
  /** How many more certificates may follow. */
  readonly policyConstraints?: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number };
  readonly inhibitAnyPolicy?: number;
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

export interface Certificate extends PolicyExtensions {
  readonly der: Uint8Array;
  /** 64 lower-case hex digits. */
  readonly fingerprintSha256: string;
  /** Upper-case hex, an even number of digits, no sign octet. A negative one (RFC 5280 forbids it, but it exists) starts with a minus. */
  readonly serial: string;
  readonly version: number;
  readonly subject: DistinguishedName;
  /** Canonical RDNs of the subject, root first: what name constraints compare. */
  readonly subjectRdns: readonly string[];
  /** Every CN of the subject as written, not only the last. */
  readonly subjectCommonNames: readonly Untrusted[];
  /** Every email address in the subject as written: these are names as well, and constrained like them (RFC 5280 §4.2.1.10). */
  readonly subjectEmailAddresses: readonly Untrusted[];
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKeyFacts;
  /** OpenSSL's name if there is one (`sha256WithRSAEncryption`), otherwise the dotted OID. RSASSA-PSS includes its hash: `rsassaPss-sha256`. */
  readonly signatureAlgorithm: string;
  /** True if issuer and subject are the same name. The signature is not checked. */
  readonly selfIssued: boolean;
  readonly basicConstraints?: { readonly critical: boolean; readonly ca: boolean; readonly pathLength?: number };
  readonly keyUsage?: { readonly critical: boolean; readonly usages: ReadonlySet<KeyUsage> };
  /** Dotted OIDs. */
  readonly extendedKeyUsage?: { readonly critical: boolean; readonly purposes: ReadonlySet<string> };
  /** Lower-case hex. */
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  readonly nameConstraints?: NameConstraints & { readonly critical: boolean };
  readonly alternativeNames: readonly AlternativeName[];
  /** For information: it is not the expiry (MESH and OpenSSL ignore it). */
  readonly privateKeyUsagePeriod?: { readonly notBefore?: Date; readonly notAfter?: Date };
  /** Dotted OIDs of critical extensions that we do not process (RFC 5280 §4.2: reject). */
  readonly unhandledCriticalExtensions: readonly string[];
  readonly extensionOids: readonly string[];
}

/** The DER is not a certificate. `message` says what is wrong and where. */
export class MalformedCertificateError extends MonitorError {
  override readonly code = 'ERR_CERTIFICATE_MALFORMED';
  /** Whether it exceeds a limit. If so, it may be a correct certificate, but it is not processed. */
  readonly overLimit: boolean;

  constructor(message: string, { overLimit = false } = {}) {
    super(message);
    this.overLimit = overLimit;
  }
}

/** The certificate that expires first, because a path stops working then (RFC 5280 §6.1.3 (a)(2)). Undefined for an empty list. */
export function firstToExpire(certificates: readonly Certificate[]): Certificate | undefined {
  return [...certificates].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())[0];
}
