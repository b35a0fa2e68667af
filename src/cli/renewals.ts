import { listRenewals, type RenewalStatus, settleRenewal } from '../renewal/index.ts';
import { day, renewalJson } from '../report/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewalsOptions, ResolveOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Lists every renewal that has been recorded. Reads only, also while the service runs. */
export async function run(options: RenewalsOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const statuses = await storeErrorsAsUsage(() => listRenewals(configuration));
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
  const resolution = await storeErrorsAsUsage(() => settleRenewal(configuration, name, options.outcome, io.now()));
  if ('refused' in resolution) throw new UsageError(resolution.refused);
  const { state, transitions } = resolution.record;
  io.stdout(`${name}: ${state}; ${transitions.at(-1)?.reason}\n`);
  return exitCode.ok;
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
