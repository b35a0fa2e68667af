/** The built service in its own process, as installed; MESH_CERT_MONITOR_MAIN names another build. */
import { once } from 'node:events';
import { join } from 'node:path';
import { bareEnv, eventually, type Program, start, stop } from './process.ts';

export const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', '..', 'dist', 'main.js');

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface SpawnedService extends Program {
  readonly lines: () => LogLine[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface ServiceProcess extends SpawnedService {
  readonly url: string;
  readonly port: number;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A module in a data URL, loaded before the program, that simulates events outside it. */
  readonly preload?: string;
  /** Whether to read its log once it is listening; default true. */
  readonly readLog?: boolean;
  /** After `serve --config FILE`. */
  readonly args?: readonly string[];
  /** Limit on file descriptors. */
  readonly descriptors?: number;
}

/** Started; it may end before it is listening. */
export function spawnServiceProcess(config: string, options: StartOptions = {}): SpawnedService {
  const { env = {}, preload, readLog = true, descriptors, args: more = [] } = options;
  const imports = preload ? ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] : [];
  const args = [...imports, main, 'serve', '--config', config, ...more];
  const limited = ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, process.execPath, ...args];
  const [command, words] = descriptors ? ['/bin/sh', limited] : [process.execPath, args];
  const program = start(command, words, { ...bareEnv, ...env });
  // `close` comes once all its output has been read; if nobody reads, it never comes.
  const ended = once(program.child, readLog ? 'close' : 'exit').then(([code, signal]) => code ?? signal);
  const lines = () =>
    program
      .stderr()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  return { ...program, ended, lines };
}

/** Up and listening. */
export async function startServiceProcess(config: string, options: StartOptions = {}): Promise<ServiceProcess> {
  const service = spawnServiceProcess(config, options);
  try {
    const serving = await eventually(service.output, () => service.lines().find(({ msg }) => msg === 'serving'));
    if (options.readLog === false) service.child.stderr?.pause();
    const url = String(serving.url);
    const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
    return { ...service, url, port: Number(new URL(url).port), get };
  } catch (error) {
    await stopServiceProcess(service);
    throw error;
  }
}

/** At once, whatever it is doing. */
export async function stopServiceProcess(service: SpawnedService | undefined): Promise<void> {
  if (service) await stop(service.child, 'SIGKILL');
}
