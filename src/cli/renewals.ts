import type { Configuration, ResolvedEnvironment } from '../config/types.ts';
import { dueAt } from '../renewal/decide.ts';
import { resolveRenewal } from '../renewal/resolve.ts';
import { recoverInterrupted } from '../renewal/send.ts';
import { databaseExists, openStore, type RenewalStore, StoreError } from '../renewal/store.ts';
import type { RenewalRecord, RenewalStatus } from '../renewal/types.ts';
import { lastSafeDay } from '../renewal/working-days.ts';
import { renewalJson } from '../report/json.ts';
import { day } from '../report/time.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewalsOptions, ResolveOptions } from './options.ts';

/** Lists every renewal that has been recorded. Reads only, also while the service runs. */
export async function run(options: RenewalsOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const statuses = recordsIn(configuration).map((record) => statusOf(record, configuration));
  if (options.format === 'json') {
    const report = { generatedAt: io.now().toISOString(), renewals: statuses.map(renewalJson) };
    io.stdout(`${JSON.stringify(report, null, 2)}\n`);
  } else io.stdout(statuses.length === 0 ? 'No renewal has been recorded yet.\n' : table(statuses));
  return exitCode.ok;
}

/** Settles a renewal that a crash left uncertain, that a mail server refused, or that a person has forwarded. */
export async function resolve(options: ResolveOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const { name } = findEnvironment(configuration, options.environment);
  if (!databaseExists(configuration.stateDir))
    throw new UsageError(`nothing has been recorded in ${configuration.stateDir} yet`);
  const store = usageErrors(() => openForResolving(configuration.stateDir, io.now()));
  try {
    const resolution = usageErrors(() => resolveRenewal(store, name, options.outcome, io.now()));
    if ('refused' in resolution) throw new UsageError(resolution.refused);
    const { state, transitions } = resolution.record;
    io.stdout(`${name}: ${state}; ${transitions.at(-1)?.reason}\n`);
    return exitCode.ok;
  } finally {
    store.close();
  }
}

/** Where no service runs, a request that it left in `sending` is uncertain, and can be settled before the service is back. */
function openForResolving(stateDir: string, now: Date): RenewalStore {
  try {
    const store = openStore(stateDir, { exclusive: true });
    recoverInterrupted(store, now);
    return store;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return openStore(stateDir, { exclusive: false });
  }
}

function recordsIn({ stateDir }: Configuration): RenewalRecord[] {
  if (!databaseExists(stateDir)) return [];
  return usageErrors(() => {
    const store = openStore(stateDir, { exclusive: false });
    try {
      return store.list();
    } finally {
      store.close();
    }
  });
}

/** The state directory is an input like a file: what is wrong with it is said without a stack. */
function usageErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(error.message) : error;
  }
}

function statusOf(record: RenewalRecord, { environments }: Configuration): RenewalStatus {
  const environment: ResolvedEnvironment | undefined = environments.find(({ name }) => name === record.environment);
  return {
    state: record.state,
    reason: record.transitions.at(-1)?.reason ?? '',
    ...(environment ? { dueAt: dueAt(environment, record) } : {}),
    lastSafeDay: lastSafeDay(record.notAfter),
    ...(record.requestedAt ? { requestedAt: record.requestedAt } : {}),
    record,
  };
}

function table(statuses: readonly RenewalStatus[]): string {
  const date = (at: Date | undefined) => (at ? day(at) : '-');
  const rows = statuses.map(({ state, reason, dueAt: due, lastSafeDay: safe, requestedAt, record }) => [
    record?.environment ?? '',
    state,
    date(record?.notAfter),
    date(due),
    date(safe),
    date(requestedAt),
    date(record?.closedAt),
    reason,
  ]);
  const header = ['ENVIRONMENT', 'STATE', 'EXPIRES', 'DUE FROM', 'LAST SAFE DAY', 'REQUESTED', 'CLOSED', 'WHY'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(line).join('\n')}\n`;
}
