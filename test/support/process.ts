/** Programs that a test starts, and ends whatever happens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** All that a program needs of this process's environment: what it is to be configured with comes from the test. */
export const bareEnv = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

export interface Program {
  readonly child: ChildProcess;
  /** Everything it has printed so far, both streams. */
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    output: () => output,
    stop: (signal) => stop(child, signal),
  };
}

/** Waits until it has gone; one that has not after ten seconds is killed. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const impatient = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(impatient);
}

/** The built program serving this configuration, once it says where. */
export async function serve(
  configurationFile: string,
  env: NodeJS.ProcessEnv,
): Promise<Program & { readonly url: string }> {
  const program = start(process.execPath, ['dist/main.js', 'serve', '--config', configurationFile], {
    ...process.env,
    ...env,
  });
  try {
    const url = await eventually(program.output, () => /"url":"(http:[^"]+)"/.exec(program.output())?.[1]);
    return { ...program, url };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** Until `look` returns something, within bounds; throws with `what` otherwise. */
export async function eventually<T>(
  what: () => string,
  look: () => T | undefined | Promise<T | undefined>,
  withinMs = 30_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`waited ${withinMs} ms in vain: ${what()}`);
    await sleep(100);
  }
}

/** For programs that cannot be told port 0 and asked which one it was. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
