import { say } from '../text/index.ts';
import { type CommandIo, type ExitCode, UsageError } from './command.ts';
import type { InspectOptions } from './options.ts';

/** One credential by its parts, any number of files by what they hold, or what a server presents. */
export async function run(options: InspectOptions, io: CommandIo): Promise<ExitCode> {
  refuseMixture(options, io);
  const at = options.at ?? io.now();
  if (options.connect !== undefined)
    return (await import('./inspecting/connect.ts')).inspectServer(options.connect, options, io);
  if (options.files?.length) return (await import('./inspecting/several.ts')).inspectSeveral(options, at, io);
  return (await import('./inspecting/single.ts')).inspectSingle(options, at, io);
}

/** @throws {UsageError} for options that would have no effect: somebody may believe that they had. */
function refuseMixture(options: InspectOptions, io: CommandIo): void {
  const { alias, caBundle, cert, connect, files = [], key, keystore, passphraseEnv } = options;
  const isNothing = !caBundle && !cert && !key && !keystore && connect === undefined && files.length === 0;
  if (isNothing)
    throw new UsageError(
      say`nothing to inspect\nGive files or folders, at least one of --cert, --key, --ca-bundle and --keystore, or --connect.`,
    );
  if (files.length > 0 && (cert || key || keystore || connect !== undefined))
    throw new UsageError(
      say`give either files, or --cert, --key and --keystore, or --connect\nFiles are inspected for what they hold.`,
    );
  if (alias !== undefined && !keystore && files.length === 0)
    throw new UsageError(say`--alias names an entry of --keystore, but there is no --keystore`);
  // Do not repeat the name: the user may have typed the passphrase itself.
  if (passphraseEnv !== undefined && io.env[passphraseEnv] === undefined)
    throw new UsageError(say`--passphrase-env does not name a variable of this environment`);
}
