/** What the service knows now: the one thing that metrics, health, page, API and calendar read. They never call a check. */
import type { PresetName } from '../config/index.ts';
import type { Finding, Status } from '../findings/index.ts';
import type { HandshakeOutcome, HandshakeResult } from '../mesh/index.ts';
import type { EmailOutcome, RenewalStatus } from '../renewal/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';

export interface HandshakeStatus {
  readonly last?: HandshakeResult;
  /** Survives a restart. */
  readonly lastSuccessAt?: Date;
  /** Since the process started; survives a reload of the configuration. */
  readonly totals: Readonly<Record<HandshakeOutcome, number>>;
  /** Oldest first, bounded. */
  readonly history: readonly HandshakeResult[];
}

export interface EnvironmentStatus {
  readonly name: string;
  readonly preset?: PresetName;
  readonly application: string;
  readonly odsCode: string;
  readonly mailboxId: string;
  readonly url: string;
  /** False for a sandbox without one: its credential series and checks are absent. */
  readonly credentialConfigured: boolean;
  /** Absent until the first cycle. */
  readonly assessment?: Assessment;
  /** The last that could be read: a file gone bad does not make dates vanish. */
  readonly certificates: readonly AssessedCertificate[];
  readonly expiresAt?: Date;
  readonly handshake: HandshakeStatus;
  readonly renewal: RenewalStatus;
  readonly emails: Readonly<Record<EmailOutcome, number>>;
  /** Credential, handshake and renewal together, worst first. */
  readonly findings: readonly Finding[];
  readonly status: Status;
  readonly lastRunAt?: Date;
  readonly checkDurationSeconds?: number;
}

export interface EstateStatus {
  readonly environments: readonly EnvironmentStatus[];
  readonly startedAt: Date;
  /** The first cycle is done for every environment. */
  readonly ready: boolean;
  readonly configuration: { readonly lastReloadSuccessful: boolean; readonly lastReloadSuccessAt: Date };
}
