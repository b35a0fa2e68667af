/** Runs every check once, by the same rules as the service. Sends and records nothing. */
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import { examine } from '../examine/index.ts';
import { handshake } from '../mesh/index.ts';
import type { RenewalInput, RenewalStep } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import {
  type EnvironmentMemory,
  newMemory,
  rememberExamination,
  rememberHandshake,
  rememberRenewal,
  statusFrom,
} from './environment-memory.ts';
import { forEachLimited } from './limit.ts';

export interface OnceOptions {
  /** Without handshakes. */
  readonly offline: boolean;
  readonly env: Variables;
  /** The time to check at. */
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** The state of the environment's renewal. If missing or undefined, renewals are not reported. */
  readonly renewal?: (input: RenewalInput, now: Date) => Omit<RenewalStep, 'emailed'> | undefined;
}

const atOnce = 16;

/**
 * In the order given.
 * @throws {ResourceShortageError} when this process could not look at one of them; otherwise only for a bug.
 */
export async function checkOnce(
  environments: readonly ResolvedEnvironment[],
  options: OnceOptions,
): Promise<EnvironmentStatus[]> {
  const statuses: EnvironmentStatus[] = [];
  await forEachLimited([...environments.entries()], atOnce, async ([index, environment]) => {
    statuses[index] = await checkEnvironment(environment, options);
  });
  return statuses;
}

async function checkEnvironment(environment: ResolvedEnvironment, options: OnceOptions): Promise<EnvironmentStatus> {
  const { offline, env, now, signal } = options;
  const startedAt = now();
  const examination = await examine(environment, undefined, env, startedAt);
  let memory: EnvironmentMemory = rememberExamination(
    newMemory(environment, offline ? undefined : startedAt),
    examination,
    startedAt,
    now(),
  );
  if (!offline) {
    const result = await handshake(environment, examination?.credential, { now, env, ...(signal ? { signal } : {}) });
    memory = rememberHandshake(memory, result, examination?.credential.contentHash);
  }
  const { assessment, credential } = examination ?? {};
  const input = { environment, ...(assessment ? { assessment } : {}), ...(credential ? { credential } : {}) };
  const step = options.renewal?.(input, startedAt);
  if (step) memory = rememberRenewal(memory, { ...step, emailed: [] });
  return statusFrom(memory, startedAt);
}
