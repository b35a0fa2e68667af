import type { Command } from 'commander';
import { escapedLines } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode } from './command.ts';
import { completionScript, type Shell } from './completion/index.ts';

/** Prints the script; nothing is installed. */
export function run(program: Command, shell: Shell, io: CommandIo): ExitCode {
  io.stdout(escapedLines(completionScript(program, shell)));
  return exitCode.ok;
}
