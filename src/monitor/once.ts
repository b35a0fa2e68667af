/** Runs every check once, by the same rules as the service. Sends and records nothing. */
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import { examine, readAhead } from '../examine/index.ts';
import { handshake } from '../mesh/index.ts';
import type { RenewalInput, RenewalStep } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import {
  type EnvironmentMemory,
  newMemory,
  rememberExamination,
  rememberHandshake,
  rememberRenewal,
  statusFrom,
} from './environment-memory.ts';
import { createLimit, handshakesAtOnce, type Limit } from './limit.ts';

export interface OnceOptions {
  /** Without handshakes. */
  readonly offline: boolean;
  readonly env: Variables;
  /** For commands that a person is told to type. */
  readonly configurationFile?: string;
  /** The time to check at. */
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Called for an environment that this process could not check, which is then left out. Default: the shortage is thrown. */
  readonly onShortage?: (environment: string, shortage: ResourceShortageError) => void;
  /** Called when an environment has been checked, or could not be. */
  readonly onChecked?: (environment: string) => void;
  /** The state of the environment's renewal. If missing or undefined, renewals are not reported. */
  readonly renewal?: (input: RenewalInput, now: Date) => Omit<RenewalStep, 'emailed'> | undefined;
}

const examinationsAtOnce = 16;

/**
 * In the order given. Takes as long as the slowest environment's timeouts, and the time to read and judge all of them, for up to
 * {@link handshakesAtOnce} environments: handshakes mostly wait, so they run at the same time.
 * @throws {ResourceShortageError} without `onShortage`, when this process could not check one of them; otherwise only for a bug.
 */
export async function checkOnce(
  environments: readonly ResolvedEnvironment[],
  options: OnceOptions,
): Promise<EnvironmentStatus[]> {
  await readAhead(environments, options.env);
  const limits = { examining: createLimit(examinationsAtOnce), shakingHands: createLimit(handshakesAtOnce) };
  const statuses = await Promise.all(
    environments.map(async (environment) => {
      try {
        return [await checkEnvironment(environment, options, limits)];
      } catch (error) {
        if (!(error instanceof ResourceShortageError) || !options.onShortage) throw error;
        options.onShortage(environment.name, error);
        return [];
      } finally {
        options.onChecked?.(environment.name);
      }
    }),
  );
  return statuses.flat();
}

type Limits = Readonly<Record<'examining' | 'shakingHands', Limit>>;

async function checkEnvironment(
  environment: ResolvedEnvironment,
  options: OnceOptions,
  limits: Limits,
): Promise<EnvironmentStatus> {
  const { offline, env, now, signal } = options;
  const { startedAt, examination } = await limits.examining(async () => {
    const startedAt = now();
    return { startedAt, examination: await examine(environment, undefined, env, startedAt) };
  });
  let memory: EnvironmentMemory = rememberExamination(
    newMemory(environment, {
      configurationFile: options.configurationFile,
      watchingSince: offline ? undefined : startedAt,
    }),
    examination,
    startedAt,
    now(),
  );
  if (!offline) {
    const result = await limits.shakingHands(() =>
      handshake(environment, examination?.credential, { now, env, ...(signal ? { signal } : {}) }),
    );
    memory = rememberHandshake(memory, result, examination?.credential.contentHash);
  }
  const { assessment, credential } = examination ?? {};
  const input = { environment, ...(assessment ? { assessment } : {}), ...(credential ? { credential } : {}) };
  const step = options.renewal?.(input, startedAt);
  if (step) memory = rememberRenewal(memory, { ...step, emailed: [] });
  return statusFrom(memory, startedAt);
}
