import { writeFile } from 'node:fs/promises';
import { starterFile } from '../config/index.ts';
import { escapedLines, joined, type SafeText, say, shellWord } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { InitOptions } from './options.ts';

export async function run({ output }: InitOptions, io: CommandIo): Promise<ExitCode> {
  if (output === undefined) {
    io.stdout(escapedLines(starterFile));
    return exitCode.ok;
  }
  await writeNew(output);
  io.stderr(nextSteps(output));
  return exitCode.ok;
}

/** Exclusive creation, so that an existing file is never overwritten. It contains no secret, so mode 0644. */
async function writeNew(path: string): Promise<void> {
  try {
    await writeFile(path, starterFile, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    throw new UsageError(joined([say`${path}: `, reason(error as NodeJS.ErrnoException)]));
  }
}

function reason({ code }: NodeJS.ErrnoException): SafeText {
  if (code === 'EEXIST')
    return say`the file already exists, and was not changed\nChoose another name with --output, or move the file first.`;
  if (code === 'ENOENT') return say`there is no such folder`;
  if (code === 'EACCES' || code === 'EROFS') return say`not writable by this account`;
  return say`cannot be written (${code ?? 'unknown reason'})`;
}

function nextSteps(path: string): SafeText {
  const file = shellWord(path);
  return say`wrote ${path}
Next: fill in your own values, then
  mesh-cert-monitor check --config ${file} --offline   judges the files
  mesh-cert-monitor check --config ${file}             makes the handshake with MESH too
  mesh-cert-monitor serve --config ${file}             keeps watch
`;
}
