/** Every check once: what `check` prints, by the same rules as the service. Sends nothing and records nothing. */
import type { ResolvedEnvironment } from '../config/types.ts';
import { handshake } from '../mesh/handshake.ts';
import type { EnvironmentStatus } from '../status/types.ts';
import { examine, type Variables } from './examine.ts';
import { forEachLimited } from './limit.ts';
import type { RenewalInput } from './monitor.ts';
import { examined, newWatch, type RenewalStep, renewed, shookHands, statusAt, type Watch } from './watch.ts';

export interface OnceOptions {
  /** Without handshakes. */
  readonly offline: boolean;
  readonly env: Variables;
  /** Judged at this time. */
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** What the record of renewals comes to; absent, or undefined: nothing is said of them. */
  readonly renewal?: (input: RenewalInput, now: Date) => Omit<RenewalStep, 'emailed'> | undefined;
}

const atOnce = 16;

/** In the order given. Throws only for a bug. */
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
  let watch: Watch = examined(newWatch(environment, offline ? undefined : startedAt), examination, startedAt, now());
  if (!offline) {
    const result = await handshake(environment, examination?.credential, { now, env, ...(signal ? { signal } : {}) });
    watch = shookHands(watch, result, examination?.credential.contentHash);
  }
  const { assessment, credential } = examination ?? {};
  const input = { environment, ...(assessment ? { assessment } : {}), ...(credential ? { credential } : {}) };
  const step = options.renewal?.(input, startedAt);
  if (step) watch = renewed(watch, { ...step, emailed: [] });
  return statusAt(watch, startedAt);
}
