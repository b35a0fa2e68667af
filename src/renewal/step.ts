/** The input, tools and result of one step of a renewal. */
import type { Configuration, ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import type { Finding } from '../findings/index.ts';
import type { Assessment } from '../verify/index.ts';
import { subjectOf } from './claim.ts';
import type { ClockWatch } from './clock.ts';
import type { RenewalFacts } from './decision.ts';
import type { Sender } from './send.ts';
import type { EmailOutcome, RenewalStatus, Subject, Told } from './types.ts';

export interface RenewalInput {
  readonly environment: ResolvedEnvironment;
  /** Absent if no credential is configured, or none has been read yet. */
  readonly assessment?: Assessment;
  readonly credential?: DeployedCredential;
  /** The last one that ran; a HandshakeResult fits. */
  readonly handshake?: RenewalFacts['handshake'];
  /** A person asks for it now, without waiting for the window. */
  readonly asked?: RenewalFacts['asked'];
  /** What the environment's diagnosis is once its renewal is as given: messages to the contact say the same as everything else. Default: they say nothing of it. */
  readonly diagnose?: (renewal: Pick<RenewalStep, 'status' | 'findings'>) => Told;
}

export interface RenewalStep {
  readonly status: RenewalStatus;
  readonly findings: readonly Finding[];
  /** One for each message that went to a mail server or the outbox, or failed to. */
  readonly emailed: readonly EmailOutcome[];
  /**
   * With the same input and circumstances, another step does nothing and says the same until then. Absent: it has to be asked in every cycle.
   */
  readonly until?: Date;
}

export interface RenewalLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** The parts of the configuration that concern every environment. */
export interface Configured {
  readonly configurationFile: string;
  /** Of every environment. */
  readonly names: ReadonlySet<string>;
  readonly subjects?: ReadonlyMap<string, Subject>;
}

export function configured({ path, environments }: Configuration): Configured {
  const subjects = new Map(environments.map((environment) => [environment.name, subjectOf(environment)]));
  return { configurationFile: path, names: new Set(subjects.keys()), subjects };
}

export interface EngineDeps extends Sender, Configured {
  readonly log: RenewalLog;
  readonly clock: Pick<ClockWatch, 'doubt' | 'step'>;
  /** By environment: fingerprint of the client certificate last seen. */
  readonly deployed: Map<string, string>;
  /** Fingerprints of the certificates for which a request is being made at this moment, whatever the environment. */
  readonly making: Set<string>;
  /** By environment: what to keep showing while the database cannot be used. */
  readonly lastKnown: Map<string, RenewalStatus>;
  /** By environment: why nothing could be recorded the last time, as it was logged. */
  readonly unrecorded: Map<string, string>;
}
