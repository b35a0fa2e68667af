/** The current state of the service. Metrics, health, page, API and calendar read only this, and never start a check. */
import type { PresetName, Thresholds } from '../config/index.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import type { Finding, Status } from '../findings/index.ts';
import type { HandshakeOutcome, HandshakeResult } from '../mesh/index.ts';
import type { EmailOutcome, RenewalStatus } from '../renewal/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';

export interface HandshakeStatus {
  readonly last?: HandshakeResult;
  /** Kept across a restart. */
  readonly lastSuccessAt?: Date;
  /** Since the process started; kept across a reload of the configuration. */
  readonly totals: Readonly<Record<HandshakeOutcome, number>>;
  /** Oldest first; limited in number. */
  readonly history: readonly HandshakeResult[];
}

export interface EnvironmentStatus {
  readonly name: string;
  readonly preset?: PresetName;
  readonly application: string;
  readonly odsCode: string;
  readonly mailboxId: string;
  readonly url: string;
  /** False for a sandbox without a credential: it has no credential series and checks. */
  readonly credentialConfigured: boolean;
  /** How long before its end an expiry is a warning, and critical. */
  readonly thresholds: Thresholds;
  /** Before notAfter. Absent if nothing is requested until a person asks (`renewal.mode: manual`). */
  readonly renewalWindowMs?: number;
  /** Addresses of the certificate desk; none for a sandbox. */
  readonly desk: readonly string[];
  readonly deskWorkingDays: number;
  /** Undefined until the first cycle. */
  readonly assessment?: Assessment;
  /** Of what the next deployment gets. Undefined if it is not configured. */
  readonly next?: Assessment;
  /** The last known certificates, which stay if a file can no longer be read. */
  readonly certificates: readonly AssessedCertificate[];
  readonly expiresAt?: Date;
  readonly handshake: HandshakeStatus;
  readonly renewal: RenewalStatus;
  readonly emails: Readonly<Record<EmailOutcome, number>>;
  /** Credential, handshake and renewal together: the cause first, then the others, worst first; what follows from another is information. */
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
  readonly status: Status;
  readonly lastRunAt?: Date;
  /** When the check after that is due. Undefined without a schedule. */
  readonly nextRunAt?: Date;
  readonly checkDurationSeconds?: number;
}

export interface EstateStatus {
  /** What the configuration calls it, to tell several estates apart in one Prometheus. */
  readonly name?: string;
  readonly environments: readonly EnvironmentStatus[];
  readonly startedAt: Date;
  /** Whether the first cycle has finished for every environment. */
  readonly ready: boolean;
  readonly configuration: {
    /** Absolute path. */
    readonly file: string;
    readonly lastReloadSuccessful: boolean;
    readonly lastReloadSuccessAt: Date;
  };
}
