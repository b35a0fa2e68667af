import { CommanderError } from 'commander';
import { ResourceShortageError } from '../shortage/index.ts';
import { escapedLines, joined, type SafeText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { createProgram, programName } from './program.ts';

/**
 * @param args - without the interpreter and the script.
 * @returns the exit code; every failure has been explained on stderr.
 */
export async function runProgram(args: readonly string[], io: CommandIo, version: string): Promise<ExitCode> {
  let code: ExitCode = exitCode.unknown;
  const program = createProgram(io, version, (finished) => {
    code = finished;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.unknown;
    io.stderr(explain(error, io));
    return exitCode.unknown;
  }
}

/** A user's mistake is one sentence. So is a bug, with its stack trace only if `DEBUG` is set. */
export function explain(error: unknown, io: Pick<CommandIo, 'env'>): SafeText {
  if (error instanceof UsageError) return joined([say`error: `, error.message, say`\n`]);
  if (error instanceof ResourceShortageError) return say`error: ${error.message}\n`;
  const stack = error instanceof Error && io.env.DEBUG ? error.stack : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return stack
    ? escapedLines(`${stack}\n`)
    : say`error: unexpected: ${message}\nThis is a fault in ${programName}; DEBUG=1 shows where it happened.\n`;
}
