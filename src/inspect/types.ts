/** What `inspect` takes and returns: the shape that `inspect --format json` prints under `inspection`. Fields may be added. */
import type { CheckName, FindingCode, Severity } from '../findings/index.ts';

/** The content itself, as text or bytes, or the file that contains it. At most 1 MiB. */
export type CredentialPart = string | Uint8Array | { readonly file: string };

/** Any parts of a credential, with at least one in addition to the passphrase. What is not given is not judged. */
export interface Credential {
  /** The client certificate: PEM or DER. */
  readonly certificate?: CredentialPart;
  /** PEM or DER, encrypted or not. */
  readonly privateKey?: CredentialPart;
  /** Of the private key, or of the keystore. */
  readonly passphrase?: CredentialPart;
  /** The CA certificates, root first: PEM. */
  readonly caBundle?: CredentialPart;
  /** PKCS#12 or JKS, instead of certificate, private key and CA bundle. A `caBundle` given as well takes precedence over the one inside. */
  readonly keystore?: CredentialPart;
  /** Which key of the keystore, if it has several. */
  readonly alias?: string;
}

export interface InspectOptions {
  /** The time to judge at. Default: now. OpenSSL’s own verdict, which needs a private key, is always for the current time. */
  readonly at?: Date;
  /** The required order of the bundle. Default: `root-first`. */
  readonly chainOrder?: 'root-first' | 'leaf-first';
}

/** Times are RFC 3339 in UTC, fingerprints SHA-256 of the DER in 64 lower-case hex digits. An absent field is omitted, never null. */
export interface Inspection {
  /** Whether MESH would accept this at that time. What was not given is not judged: see `checks`. */
  valid: boolean;
  assessedAt: string;
  /** The client’s first, then the bundle in file order without duplicates. */
  certificates: InspectedCertificate[];
  /** Fingerprints, from the client certificate to the root: of the path that holds or, if there is none, of the best that was found. */
  path: string[];
  order: 'root-first' | 'leaf-first' | 'mixed' | 'single';
  /** A check whose input was not given is left out. */
  checks: InspectedCheck[];
  /** `judged` of each of the checks, by name. */
  judged: Partial<Record<CheckName, boolean>>;
  /** The earliest notAfter on the path. Absent without a client certificate. */
  expiresAt?: string;
  /** Whole days to `expiresAt`: 0 on the last day. Once over, whole days since then, negative, and -1 from the first moment. */
  daysLeft?: number;
  diagnosis: InspectedDiagnosis;
  /** The cause first, then the others, worst first. */
  findings: InspectedFinding[];
}

export interface InspectedCheck {
  check: CheckName;
  passed: boolean;
  /** False if it could not be made because its input could not be read. Then it has not passed, and nothing is known to be wrong. */
  judged: boolean;
}

export interface InspectedDiagnosis {
  /** The finding to act on first. Null if nothing needs attention. */
  cause: FindingCode | null;
  headline: string;
  firstAction: string;
  /** Runs as printed in a POSIX shell. */
  command?: string;
}

export interface InspectedCertificate {
  role: 'client' | 'intermediate' | 'root';
  onPath: boolean;
  subject: string;
  issuer: string;
  /** Hex; a negative one starts with a minus. */
  serial: string;
  fingerprintSha256: string;
  notBefore: string;
  notAfter: string;
  daysLeft: number;
  /** `RSA`, `EC`, … */
  keyAlgorithm: string;
  /** 0 if unknown. */
  keyBits: number;
  keyCurve?: string;
  /** `sha256WithRSAEncryption`, … */
  signatureAlgorithm: string;
  /** For information: not judged. */
  privateKeyUsagePeriod?: { notBefore?: string; notAfter?: string };
  /** `digitalSignature`, … What a certificate does not have is left out, here and below. */
  keyUsage?: string[];
  /** `clientAuth`, … or the OID of a purpose that RFC 5280 does not name. */
  extendedKeyUsage?: string[];
  basicConstraints?: { ca: boolean; pathLength?: number };
  /** `kind` is `dns`, `email`, `uri`, `ip`, `directory`, … */
  subjectAlternativeNames?: { kind: string; value: string }[];
  /** OIDs. */
  certificatePolicies?: string[];
  crlAddresses?: string[];
  ocspAddresses?: string[];
  /** Where the certificate of the issuer is. */
  issuerAddresses?: string[];
  /** Lower-case hex. */
  subjectKeyIdentifier?: string;
  authorityKeyIdentifier?: string;
}

export interface InspectedFinding {
  /** One of the closed list in docs/findings.md. */
  code: FindingCode;
  severity: Severity;
  message: string;
  remedy: string;
  /** The certificate, file or input it is about. */
  subject?: string;
  /** The finding that this one follows from. Its severity is then `info`: it goes away with its cause. */
  consequenceOf?: FindingCode;
}
