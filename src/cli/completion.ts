import type { Command } from 'commander';
import { escapedLines, joined, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode } from './command.ts';
import { completionScript, type Shell } from './completion/index.ts';
import type { CompletionOptions } from './options.ts';

/** Prints the script, which asks for the names of environments once a configuration has been typed; nothing is installed. */
export async function run(
  program: Command,
  shell: Shell,
  { environmentsOf }: CompletionOptions,
  io: CommandIo,
): Promise<ExitCode> {
  if (environmentsOf === undefined) {
    io.stdout(escapedLines(completionScript(program, shell)));
    return exitCode.ok;
  }
  // Loaded only here: a script needs no configuration.
  const { loadForCommand } = await import('./configuration.ts');
  const { environments } = await loadForCommand(environmentsOf, io);
  io.stdout(joined(environments.map(({ name }) => say`${name}\n`)));
  return exitCode.ok;
}
