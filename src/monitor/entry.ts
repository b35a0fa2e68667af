/** What the monitor keeps of one environment: its memory, the status that follows, and how long both go without being looked into. */
import { type Examination, lookedAtAgain } from '../examine/index.ts';
import type { HandshakeResult } from '../mesh/index.ts';
import type { RenewalStep } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { type EnvironmentMemory, rememberRun, statusAt } from './environment-memory.ts';

export interface Entry {
  memory: EnvironmentMemory;
  status: EnvironmentStatus;
  /** The status says the same from when it was made until this moment, milliseconds of Unix time. */
  madeAt: number;
  until: number;
  /** The last step of the renewal, if it says the same for some time. */
  stepped?: Stepped | undefined;
}

interface Stepped {
  readonly environment: EnvironmentMemory['environment'];
  readonly judged: Examination['judged'];
  readonly handshake: HandshakeResult | undefined;
  readonly circumstances: string;
  readonly at: number;
  readonly until: number;
}

/** One check of an environment, or of many at once. */
export interface Run {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly nextRunAt: Date;
}

export function entryOf(memory: EnvironmentMemory, now: Date): Entry {
  const entry = { memory } as Entry;
  renew(entry, memory, now);
  return entry;
}

export function renew(entry: Entry, memory: EnvironmentMemory, now: Date): void {
  const { status, until } = statusAt(memory, now);
  entry.memory = memory;
  entry.status = status;
  entry.madeAt = now.getTime();
  entry.until = until;
}

/**
 * After a check that found every file and every verdict as it was. Only the times change, unless the status has the time in it.
 * @returns whether more than the times may have changed
 */
export function noteUnchanged(entry: Entry, run: Run): boolean {
  const { examination } = entry.memory;
  const again = examination && lookedAtAgain(examination, run.startedAt);
  const memory = { ...rememberRun(entry.memory, run), ...(again ? { examination: again } : {}) };
  const at = run.endedAt.getTime();
  if (at < entry.madeAt || at >= entry.until) {
    renew(entry, memory, run.endedAt);
    return true;
  }
  const { lastRunAt, nextRunAt, checkDurationSeconds } = memory;
  entry.memory = memory;
  entry.status = {
    ...entry.status,
    ...(entry.status.assessment ? { assessment: { ...entry.status.assessment, assessedAt: run.startedAt } } : {}),
    ...(lastRunAt ? { lastRunAt } : {}),
    ...(nextRunAt ? { nextRunAt } : {}),
    ...(checkDurationSeconds === undefined ? {} : { checkDurationSeconds }),
  };
  return false;
}

export function noteStep(entry: Entry, { until }: RenewalStep, about: Omit<Stepped, 'until'>): void {
  entry.stepped = until && { ...about, until: until.getTime() };
}

/** Whether another step would do and say nothing new. */
export function wouldStepTheSame({ memory, stepped }: Entry, circumstances: string | undefined, now: Date): boolean {
  if (stepped === undefined || stepped.circumstances !== circumstances) return false;
  if (stepped.environment !== memory.environment || stepped.handshake !== memory.handshake.last) return false;
  if (stepped.judged === undefined || stepped.judged !== memory.examination?.judged) return false;
  return stepped.at <= now.getTime() && now.getTime() < stepped.until;
}
