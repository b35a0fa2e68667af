/** A web server, proxy or TLS library in front of the MESH sandbox: what all of them have in common. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../process.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** What a front is to do. Everything in PEM. */
export interface FrontOptions {
  readonly version: TlsVersion;
  /** The server's certificate, followed by what it sends along. */
  readonly certificate: string;
  readonly key: string;
  /** CA certificates that may have issued a client's, root and intermediate. */
  readonly clientCa: string;
  /** `never`: no certificate is asked for; `later`: only when the request is there, where the product can do that. */
  readonly demands: 'certificate' | 'never' | 'later';
  /** CRLs of every CA in `clientCa`; absent: revocation is not checked. */
  readonly revoked?: string;
  /** Lets OpenSSL serve with a certificate that it would find too weak. */
  readonly lax?: true;
  /** Of the sandbox, plain HTTP on loopback. */
  readonly upstreamPort: number;
}

export interface Front {
  readonly name: string;
  /** It only shows a page of its own when it accepts a client. */
  readonly answersItself?: true;
  readonly can: (options: Pick<FrontOptions, 'demands' | 'revoked' | 'version'>) => boolean;
  /** Its program, or undefined where it is not installed. */
  readonly program: () => string | undefined;
  readonly prepare: (options: FrontOptions, where: Where) => Promise<Launch> | Launch;
}

export interface Where {
  readonly folder: string;
  readonly port: number;
  readonly program: string;
  /** Writes into the folder. */
  readonly file: (name: string, content: string) => Promise<string>;
}

export interface Launch {
  /** Absent: the front's own. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningFront {
  readonly url: string;
  readonly port: number;
  /** Everything it has printed. */
  readonly output: () => string;
  stop(): Promise<void>;
}

const securityLevelZero = `openssl_conf = conf
[conf]
ssl_conf = ssl
[ssl]
system_default = defaults
[defaults]
CipherString = DEFAULT@SECLEVEL=0
`;

/** Debian keeps servers where only root looks. */
export function programNamed(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/go/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** @throws {Error} with what the program printed, when it does not come to listen. */
export async function startFront(front: Front, options: FrontOptions): Promise<RunningFront> {
  const program = front.program();
  if (!program) throw new Error(`${front.name} is not installed`);
  const folder = await mkdtemp(join(tmpdir(), `mesh-cert-monitor-${front.name.replaceAll(/\W+/g, '-')}-`));
  const port = await freePort();
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content, { mode: 0o644 });
    return join(folder, name);
  };
  const lax = options.lax ? { OPENSSL_CONF: await file('openssl.cnf', securityLevelZero) } : {};
  const launch = await front.prepare(options, { folder, port, program, file });
  // A file, because some open /dev/stderr anew, which a socket does not let them.
  const log = join(folder, 'output.log');
  const handle = openSync(log, 'w');
  const child = spawn(launch.program ?? program, launch.args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...lax, ...launch.env },
    stdio: ['ignore', handle, handle],
  });
  closeSync(handle);
  const output = () => readFileSync(log, 'utf8');
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listens(port, child, output);
  } catch (error) {
    await stop();
    throw new Error(`${front.name}: ${(error as Error).message}`);
  }
  return { url: `https://localhost:${port}`, port, output, stop };
}

async function listens(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const until = Date.now() + 30_000;
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (;;) {
    if (failure) throw failure;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output()}`);
    if (await accepts(port)) return;
    if (Date.now() > until) throw new Error(`it does not listen: ${output()}`);
    await sleep(25);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(impatient);
}

/** `TLSv1.2` → `1.2`. */
export const bareVersion = (version: TlsVersion): string => version.slice('TLSv'.length);
