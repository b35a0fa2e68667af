/** What the monitor does outside its own memory, and what it is given. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential, FilesAhead } from '../credential/index.ts';
import type { Examination, Examined } from '../examine/index.ts';
import type { HandshakeResult } from '../mesh/index.ts';
import type { RenewalInput, RenewalStep } from '../renewal/index.ts';
import type { Assessment } from '../verify/index.ts';
import type { LastSuccesses } from './last-successes.ts';
import type { Log } from './log.ts';
import type { StateMemory } from './past-states.ts';

/** Everything the monitor does outside its own memory. */
export interface Actions {
  /** Reads from stores what the examinations of one cycle need. Never throws because of a store. */
  readAhead?(environments: readonly ResolvedEnvironment[]): Promise<void>;
  /** Reads the files of many credentials together. What it leaves out is read by whoever wants it. Absent: all of them are. */
  readFiles?(environments: readonly ResolvedEnvironment[]): Promise<FilesAhead>;
  /** @param files read a moment ago */
  examine(
    environment: ResolvedEnvironment,
    last: Examination | undefined,
    now: Date,
    files?: FilesAhead,
  ): Promise<Examination | undefined>;
  handshake(
    environment: ResolvedEnvironment,
    last: DeployedCredential | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly result: HandshakeResult; readonly contentHash?: string }>;
  renew(input: RenewalInput, now: Date): Promise<RenewalStep>;
  /** See `Renewals.view`. Absent: nothing is known of a renewal before its first step. */
  viewRenewal?(input: RenewalInput, now: Date): Pick<RenewalStep, 'status' | 'findings'> | undefined;
  /** Of which ones `examine` would certainly say the same. Absent: each one is examined in every cycle. */
  areUnchanged?(examined: readonly Examined[], now: Date): Promise<readonly boolean[]>;
  /** What an earlier process found out about the environment's files, if all of them are here and have not changed. */
  recall?(environment: ResolvedEnvironment, now: Date, files: FilesAhead): Promise<Assessment | undefined>;
  /** See `Renewals.circumstances`. Absent: each renewal is stepped in every cycle. */
  circumstances?(now: Date): string;
}

export interface MonitorOptions {
  readonly actions: Actions;
  readonly now: () => Date;
  readonly log: Log;
  /** Default: nothing is remembered from an earlier process. */
  readonly successes?: LastSuccesses;
  /** Default: no history is kept. */
  readonly states?: StateMemory;
  /** For checking one environment's files; default 30 s. Handshakes and mail have their own deadlines. */
  readonly checkDeadlineMs?: number;
  /** How long to wait before work that a shortage has interrupted is repeated. Default: 30 s, plus up to as much again. */
  readonly retryAfterMs?: number;
}
