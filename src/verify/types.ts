import type { CheckName, Finding } from '../findings/index.ts';
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';

export type CertificateRole = 'client' | 'intermediate' | 'root';

export interface AssessedCertificate {
  readonly role: CertificateRole;
  /** On the verified path, or on the best failing one. */
  readonly onPath: boolean;
  readonly certificate: Certificate;
}

/** The order of the bundle. `single`: one certificate, or none, so no order to judge. */
export type BundleOrder = 'root-first' | 'leaf-first' | 'mixed' | 'single';

/** Everything there is to say about one deployed credential at one time. */
export interface Assessment {
  readonly assessedAt: Date;
  /** Whether MESH would accept this credential at that time. */
  readonly valid: boolean;
  /** The client certificate first, then the bundle in file order without duplicates. */
  readonly certificates: readonly AssessedCertificate[];
  /** Fingerprints from the client certificate to the root: of the paths that hold, the one that lasts longest; if none holds, the best that was found. */
  readonly path: readonly string[];
  readonly order: BundleOrder;
  /** Absent if there is none, or it could not be read. */
  readonly privateKey?: { readonly publicKey: PublicKeyFacts; readonly encrypted: boolean };
  /** The earliest notAfter on the path: when this environment stops working. Absent without a client certificate. */
  readonly expiresAt?: Date;
  /** Absent if the check's input is not configured. */
  readonly checks: Readonly<Partial<Record<CheckName, boolean>>>;
  /** For each check: false if it could not be made, because its input could not be read. Then it has not passed either. */
  readonly judged: Readonly<Partial<Record<CheckName, boolean>>>;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/** What the rules of one environment require of a credential; all optional for `inspect`. */
export interface AssessmentPolicy {
  readonly chainOrder: 'root-first' | 'leaf-first';
  readonly thresholds: { readonly warningMs: number; readonly criticalMs: number };
  readonly odsCode?: string;
  readonly mailboxId?: string;
  /** Which NHS public key infrastructure the environment belongs to, where that is known. */
  readonly pki?: 'path-to-live' | 'live';
}
