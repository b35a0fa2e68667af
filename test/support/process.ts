/** Programs that a test starts, and always ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** All that a program needs from this process's environment; its configuration comes from the test. */
export const bareEnv = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  // Keeps its mail on this machine (vitest.config.ts).
  NODE_OPTIONS: process.env.NODE_OPTIONS,
};

export interface Program {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Both together. */
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: { readonly on: 'stdout' | 'stderr'; readonly chunk: Buffer }[] = [];
  for (const on of ['stdout', 'stderr'] as const) child[on]?.on('data', (chunk: Buffer) => said.push({ on, chunk }));
  const text = (of: typeof said) => Buffer.concat(of.map(({ chunk }) => chunk)).toString();
  return {
    child,
    stdout: () => text(said.filter(({ on }) => on === 'stdout')),
    stderr: () => text(said.filter(({ on }) => on === 'stderr')),
    output: () => text(said),
    stop: (signal) => stop(child, signal),
  };
}

/** Waits until it has ended, and kills it after twenty seconds. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(impatient);
}

/** Waits until `look` returns something; throws with `what` if that takes too long. */
export async function eventually<T>(
  what: () => string,
  look: () => T | undefined | Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`waited ${withinMs} ms in vain: ${what()}`);
    await sleep(100);
  }
}

// Below the ports that systems give out by themselves, of which one that is closed may at once be somebody else's.
const firstPort = 10_240;
const ports = 20_000;
// Far from where other processes begin.
let tried = process.pid * 1_009;

/** For programs that cannot be given port 0 and then asked which port they got. Nobody else is given this one meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    tried += 1;
    const port = firstPort + (tried % ports);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
