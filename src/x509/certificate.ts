/** What one certificate says, read once from its DER. Pure data: no file, no clock, no verdict. */
import { MonitorError } from '../errors/index.ts';
import type { SafeText, Untrusted } from '../text/index.ts';

export interface DistinguishedName {
  /** RFC 4514 text as people write it, most specific last as in the certificate: `C=GB, O=nhs, OU=CA, CN=…`. Treacherous characters are hex pairs. */
  readonly text: SafeText;
  /** Equal for two names exactly when RFC 5280 §7.1 calls them the same (case, white space and string type folded). */
  readonly canonical: string;
  /** The last CN. */
  readonly commonName?: Untrusted;
}

export type KeyAlgorithm = 'RSA' | 'RSA-PSS' | 'EC' | 'Ed25519' | 'Ed448' | 'DSA' | 'unknown';

export interface PublicKeyFacts {
  readonly algorithm: KeyAlgorithm;
  /** RSA modulus bits, or the curve's; 0 when unknown. */
  readonly bits: number;
  readonly curve?: string;
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

export interface NameConstraints {
  readonly permitted: readonly GeneralNameConstraint[];
  readonly excluded: readonly GeneralNameConstraint[];
}
export type GeneralNameConstraint =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: Untrusted }
  | { readonly kind: 'ip'; readonly address: Uint8Array; readonly mask: Uint8Array }
  | { readonly kind: 'directory'; readonly rdns: readonly string[] } // canonical RDNs, root first
  | { readonly kind: 'other' };

export interface AlternativeName {
  readonly kind: 'dns' | 'email' | 'uri' | 'ip' | 'directory' | 'other';
  readonly value: Untrusted;
  /** Canonical RDNs of a directory name, root first. */
  readonly rdns?: readonly string[];
}

export interface Certificate {
  readonly der: Uint8Array;
  /** 64 lower-case hex digits. */
  readonly fingerprintSha256: string;
  /** Upper-case hex, an even number of digits, no sign octet; a negative one (never by RFC 5280, but seen) has a minus in front. */
  readonly serial: string;
  readonly version: number;
  readonly subject: DistinguishedName;
  /** Canonical RDNs of the subject, root first: what name constraints compare. */
  readonly subjectRdns: readonly string[];
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKeyFacts;
  /** OpenSSL's name where there is one (`sha256WithRSAEncryption`), else the dotted OID. RSASSA-PSS with its hash: `rsassaPss-sha256`. */
  readonly signatureAlgorithm: string;
  /** True when issuer and subject are the same name. Says nothing about the signature. */
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
  /** Worth showing; it is not expiry (MESH and OpenSSL ignore it). */
  readonly privateKeyUsagePeriod?: { readonly notBefore?: Date; readonly notAfter?: Date };
  /** Dotted OIDs of critical extensions that we do not process (RFC 5280 §4.2: reject). */
  readonly unhandledCriticalExtensions: readonly string[];
  readonly extensionOids: readonly string[];
}

/** The DER is not a certificate. `message` says what is wrong and where. */
export class MalformedCertificateError extends MonitorError {
  override readonly code = 'ERR_CERTIFICATE_MALFORMED';
}

/** Of several certificates the one that ends first: a path stops working then (RFC 5280 §6.1.3 (a)(2)). Undefined for none. */
export function firstToExpire(certificates: readonly Certificate[]): Certificate | undefined {
  return [...certificates].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())[0];
}
