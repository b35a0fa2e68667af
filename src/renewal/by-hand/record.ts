/** `renewals`, `renewals resolve` and `check`: reads and settles the record of renewals from outside the service. */
import {
  type Configuration,
  defaultDeskWorkingDays,
  type ResolvedEnvironment,
  type Variables,
} from '../../config/index.ts';
import { escaped } from '../../text/index.ts';
import { lastSafeDay } from '../../time/index.ts';
import { viewRenewal } from '../conclude.ts';
import { clientCertificate } from '../decide.ts';
import { dueAt, withError } from '../due.ts';
import { firstKey } from '../first.ts';
import { recoverInterrupted } from '../recover.ts';
import { isUnderWay, openRenewal, type Resolution, resolveRenewal } from '../resolve.ts';
import { configured, type RenewalInput, type RenewalStep } from '../step.ts';
import { databaseExists, openReader, openStore, type RenewalStore, StoreError } from '../store/store.ts';
import type { RenewalRecord, RenewalStatus } from '../types.ts';

/** Every renewal that has been recorded, oldest first. @throws {StoreError} */
export function listRenewals({ stateDir, environments }: Configuration): RenewalStatus[] {
  if (!databaseExists(stateDir)) return [];
  const store = openStore(stateDir, { exclusive: false });
  try {
    return store.list().map((record) => statusOf(record, environments));
  } finally {
    store.close();
  }
}

function statusOf(record: RenewalRecord, environments: Configuration['environments']): RenewalStatus {
  const environment = environments.find(({ name }) => name === record.environment);
  return {
    state: record.state,
    reason: escaped(withError(record.transitions.at(-1)?.reason ?? '', record)),
    ...(record.notAfter ? datesOf(record.notAfter, environment) : {}),
    ...(record.requestedAt ? { requestedAt: record.requestedAt } : {}),
    record,
  };
}

function datesOf(notAfter: Date, environment: ResolvedEnvironment | undefined) {
  const opens = environment && dueAt(environment, { notAfter });
  return {
    ...(opens ? { dueAt: opens } : {}),
    lastSafeDay: lastSafeDay(notAfter, environment?.renewal.deskWorkingDays ?? defaultDeskWorkingDays),
  };
}

/** Also that of another environment which uses the same certificate. @throws {StoreError} */
export async function settleRenewal(
  configuration: Configuration,
  environment: ResolvedEnvironment,
  outcome: 'sent' | 'not-sent',
  env: Variables,
  now: Date,
): Promise<Resolution> {
  const { stateDir } = configuration;
  if (!databaseExists(stateDir)) return { refused: `nothing has been recorded in ${stateDir} yet` };
  const store = openForSettling(stateDir, now);
  try {
    const { names } = configured(configuration);
    const own = openRenewal(store, environment, names);
    const fingerprint = own && isUnderWay(own) ? undefined : await fingerprintIn(environment, env);
    return resolveRenewal(store, environment, names, outcome, now, fingerprint);
  } finally {
    store.close();
  }
}

async function fingerprintIn(environment: ResolvedEnvironment, env: Variables): Promise<string> {
  const { deployedIn } = await import('../deployed.ts');
  return (await deployedIn(environment, env)) ?? firstKey(environment).fingerprintSha256;
}

/** If no service is running, a request that it left in `sending` is uncertain, and can be settled before the service starts again. */
function openForSettling(stateDir: string, now: Date): RenewalStore {
  try {
    const store = openStore(stateDir, { exclusive: true });
    recoverInterrupted(store, now);
    return store;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return openStore(stateDir, { exclusive: false });
  }
}

export interface RenewalViewer {
  /** The state of the renewal; undefined if nothing is recorded, or the record cannot be read. */
  view(input: RenewalInput, now: Date): Omit<RenewalStep, 'emailed'> | undefined;
  close(): void;
}

/**
 * Only reads, and leaves no trace.
 * @param broken called once, if the record cannot be read; renewals are not reported from then on.
 */
export function openViewer(configuration: Configuration, broken: (error: StoreError) => void): RenewalViewer {
  const { stateDir } = configuration;
  const unlessBroken = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      broken(error);
      return undefined;
    }
  };
  const known = { stateDir, ...configured(configuration) };
  let isRecorded = true;
  let reader = unlessBroken(() => {
    isRecorded = databaseExists(stateDir);
    return isRecorded ? openReader(stateDir) : undefined;
  });
  return {
    view(input, now) {
      const open = reader;
      // Without a record only a first certificate has anything to be said about it.
      if (!open && (isRecorded || clientCertificate(input.assessment))) return undefined;
      const step = unlessBroken(() => viewRenewal(input, open, known, now));
      if (!step) reader = undefined;
      return step;
    },
    close: () => reader?.close(),
  };
}
