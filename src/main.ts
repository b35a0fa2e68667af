#!/usr/bin/env node
// argv → command → exit code: the only place that touches the process. Kept small, so that `--version` is quick.
import { type CommandIo, exitCode, statusLine } from './cli/command.ts';
import { tooOld } from './cli/node-version.ts';
import { explain, runProgram } from './cli/run.ts';
import { version } from './installation/index.ts';

const widthWithoutTerminal = 100;

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
  now: () => new Date(),
  colour: wantsColour(),
  columns: process.stdout.columns || Number(process.env.COLUMNS) || widthWithoutTerminal,
  askSecret: async (name) => (await import('./cli/ask-secret.ts')).askSecret(name, process.stdin, io.stderr),
  ...(process.stdin.isTTY && process.stdout.isTTY
    ? { ask: async (question) => (await import('./cli/ask.ts')).askLine(question, process.stdin, process.stderr) }
    : {}),
  ...(process.stderr.isTTY && process.env.TERM !== 'dumb'
    ? { status: (line) => void process.stderr.write(statusLine(line, process.stderr.columns || widthWithoutTerminal)) }
    : {}),
  stdin: async () => (await import('./cli/stdin.ts')).readStdin(process.stdin),
  unread: () => process.stderr.writableLength,
};

// The stack traces that it asks for name the sources. Each command is loaded after this.
if (process.env.DEBUG) process.setSourceMapsEnabled(true);

// Before any command is loaded: an older Node.js lacks modules that they import.
const complaint = tooOld(process.versions.node, process.execPath);
if (complaint) {
  io.stderr(complaint);
  process.exit(exitCode.unknown);
}

// A reader that has seen enough (`… | head`) is no fault; the command goes on to its own exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Node's own exit code for these would be 1, which a monitoring system reads as WARNING.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    io.stderr(explain(error, io));
    process.exit(exitCode.unknown);
  });
}

// Without a top-level `await`, which the single executable cannot load.
void runProgram(process.argv.slice(2), io, version).then((code) => {
  process.exitCode = code;
});

/** https://no-color.org and https://force-color.org: the environment decides before the terminal does. */
function wantsColour(): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR) return false;
  return process.stdout.isTTY === true && TERM !== 'dumb';
}
