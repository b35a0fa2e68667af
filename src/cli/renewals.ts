import { isDrafted, listRenewals, type RenewalStatus, settleRenewal } from '../renewal/index.ts';
import { renewalJson } from '../report/index.ts';
import { escaped, joined, jsonText, type SafeText, say } from '../text/index.ts';
import { londonIsoDay, utcDay } from '../time/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewalsOptions, ResolveOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Lists every recorded renewal. Read-only, so it can be used while the service runs. */
export async function run(options: RenewalsOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const statuses = await storeErrorsAsUsage(() => listRenewals(configuration));
  if (options.format === 'json') {
    const report = { generatedAt: io.now().toISOString(), renewals: statuses.map(renewalJson) };
    io.stdout(joined([jsonText(report, 2), say`\n`]));
  } else io.stdout(statuses.length === 0 ? say`No renewal has been recorded yet.\n` : table(statuses));
  return exitCode.ok;
}

/** Resolves a renewal that a crash left uncertain, that a mail server refused, or that a person has forwarded. */
export async function resolve(options: ResolveOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = findEnvironment(configuration, options.environment);
  const { outcome } = options;
  const resolution = await storeErrorsAsUsage(() => settleRenewal(configuration, environment, outcome, io.now()));
  if ('refused' in resolution) throw new UsageError(escaped(resolution.refused));
  const { state, transitions } = resolution.record;
  io.stdout(say`${environment.name}: ${state}; ${transitions.at(-1)?.reason ?? ''}\n`);
  return exitCode.ok;
}

function table(statuses: readonly RenewalStatus[]): SafeText {
  const date = (at: Date | undefined) => (at ? utcDay(at) : '-');
  const rows = statuses.map(({ state, reason, dueAt: due, lastSafeDay: safe, requestedAt, record }) => [
    record?.environment ?? '',
    isDrafted({ state, record }) ? 'drafted' : state,
    date(record?.notAfter),
    date(due),
    safe ? londonIsoDay(safe) : '-',
    isDrafted({ state, record }) ? '-' : date(requestedAt),
    date(record?.closedAt),
    reason,
  ]);
  const header = ['ENVIRONMENT', 'STATE', 'EXPIRES', 'DUE FROM', 'LAST SAFE DAY', 'REQUESTED', 'CLOSED', 'WHY'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    escaped(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  return joined([header, ...rows].flatMap((cells) => [line(cells), say`\n`]));
}
