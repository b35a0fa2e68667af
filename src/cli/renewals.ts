import { listRenewals, settleRenewal } from '../renewal/index.ts';
import { renewalJson, renewalsText } from '../report/index.ts';
import { escaped, joined, jsonText, say } from '../text/index.ts';
import { rfc3339 } from '../time/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewalsOptions, ResolveOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Lists every recorded renewal. Read-only, so it can be used while the service runs. */
export async function run(options: RenewalsOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const statuses = await storeErrorsAsUsage(() => listRenewals(configuration));
  if (options.format === 'json') {
    const report = { generatedAt: rfc3339(io.now()), renewals: statuses.map(renewalJson) };
    io.stdout(joined([jsonText(report, 2), say`\n`]));
  } else
    io.stdout(
      statuses.length === 0
        ? say`No renewal has been recorded in ${configuration.stateDir} yet.\n`
        : renewalsText(statuses, io),
    );
  return exitCode.ok;
}

/** Resolves a renewal that a crash left uncertain, that a mail server refused, or that a person has forwarded. */
export async function resolve(options: ResolveOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = findEnvironment(configuration, options.environment);
  const { outcome } = options;
  const resolution = await storeErrorsAsUsage(() =>
    settleRenewal(configuration, environment, outcome, io.env, io.now()),
  );
  if ('refused' in resolution) throw new UsageError(escaped(resolution.refused));
  const { record, sharedWith } = resolution;
  const shared =
    sharedWith === undefined ? '' : `${sharedWith} uses the same certificate, and one request covers both: `;
  io.stdout(say`${environment.name}: ${record.state}; ${shared}${record.transitions.at(-1)?.reason ?? ''}\n`);
  return exitCode.ok;
}
