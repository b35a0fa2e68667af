/** The command that `accept --install` runs once the files are in place: without a shell, bounded in time and output. */
import { spawn } from 'node:child_process';
import type { Variables } from '../../config/index.ts';
import { escapedLines, joined, type SafeText, say } from '../../text/index.ts';
import { minuteMs, secondMs } from '../../time/index.ts';

export interface HookResult {
  readonly command: readonly string[];
  /** It ended with 0. */
  readonly succeeded: boolean;
  /** One sentence without its subject: `ended with code 1`. */
  readonly end: SafeText;
  /** What it printed, both streams together, at most the first 16 KiB. */
  readonly output: SafeText;
}

export interface HookLimits {
  readonly withinMs: number;
  readonly mostBytes: number;
}
const usual: HookLimits = { withinMs: minuteMs, mostBytes: 16 * 1024 };
/** Between the polite signal and the other one. */
const graceMs = 5 * secondMs;
const lastWordsMs = 500;

/** The state of the world never makes it reject: a command that is not there is a result. @param limits - for tests */
export function runAfterInstall(
  command: readonly string[],
  variables: Variables,
  limits: Partial<HookLimits> = {},
): Promise<HookResult> {
  const { mostBytes, withinMs } = { ...usual, ...limits };
  const [program = '', ...args] = command;
  const ownGroup = process.platform !== 'win32';
  const child = spawn(program, args, { env: { ...variables }, stdio: ['ignore', 'pipe', 'pipe'], detached: ownGroup });
  const chunks: Buffer[] = [];
  let size = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      // The rest is read, so that the command does not wait for a reader, and dropped.
      if (size < mostBytes) chunks.push(chunk.subarray(0, mostBytes - size));
      size += chunk.length;
    });
  let outOfTime = false;
  const timers = [
    setTimeout(() => {
      outOfTime = true;
      end('SIGTERM');
      timers.push(setTimeout(() => end('SIGKILL'), graceMs));
    }, withinMs),
  ];
  /** With everything that it has started. */
  function end(signal: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
      if (ownGroup) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return new Promise((resolve) => {
    const ended = (succeeded: boolean, how: SafeText) => {
      for (const timer of timers) clearTimeout(timer);
      const text = escapedLines(Buffer.concat(chunks).toString('utf8').trimEnd());
      const output = size > mostBytes ? joined([text, say`… and ${size - mostBytes} more bytes`], '\n') : text;
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ command, succeeded, end: how, output });
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      ended(false, say`could not be started (${error.code ?? error.message})`),
    );
    child.once('exit', (code, signal) => {
      // What it has left running is not ended for having taken longer.
      for (const timer of timers.splice(0)) clearTimeout(timer);
      const done = () => {
        if (!outOfTime)
          return ended(
            code === 0,
            code === null ? say`was ended by ${signal ?? 'a signal'}` : say`ended with code ${code}`,
          );
        // What it has started may not have heard the polite signal.
        end('SIGKILL');
        ended(false, say`was ended, because it took longer than ${withinMs / secondMs} seconds`);
      };
      // What it printed just before its end is still in the pipes; what it left running may keep them open.
      timers.push(setTimeout(done, lastWordsMs));
      child.once('close', done);
    });
  });
}
