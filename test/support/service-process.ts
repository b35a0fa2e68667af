/** The built service in a process of its own, as it is installed; MESH_CERT_MONITOR_MAIN names another build. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from './process.ts';

export const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', '..', 'dist', 'main.js');

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly lines: () => LogLine[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A module in a data URL that is loaded before the program, to do to it what the world may do. */
  readonly preload?: string;
  /** Whether to read its log; default true. */
  readonly readLog?: boolean;
  /** Limit on file descriptors. */
  readonly descriptors?: number;
}

/** Up and listening. */
export async function startServiceProcess(config: string, options: StartOptions = {}): Promise<ServiceProcess> {
  const { env = {}, preload, readLog = true, descriptors } = options;
  const imports = preload ? ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] : [];
  const args = [...imports, main, 'serve', '--config', config];
  const limited = ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, process.execPath, ...args];
  const child = spawn(descriptors ? '/bin/sh' : process.execPath, descriptors ? limited : args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const lines = () =>
    log
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  const serving = await eventually(
    () => log,
    () => lines().find(({ msg }) => msg === 'serving'),
  );
  if (!readLog) child.stderr?.pause();
  const url = String(serving.url);
  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  return { child, url, port: Number(new URL(url).port), lines, ended, get };
}

export async function stopServiceProcess(service: ServiceProcess | undefined): Promise<void> {
  if (!service || service.child.exitCode !== null || service.child.signalCode !== null) return;
  service.child.kill('SIGKILL');
  await service.ended;
}
