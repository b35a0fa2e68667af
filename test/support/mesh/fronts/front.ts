/** A server in front of the MESH sandbox (a web server, a proxy, a TLS library): what all of them have in common. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, stop as stopProgram } from '../../process.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** What the server has to do. Certificates and keys are in PEM. */
export interface FrontOptions {
  readonly version: TlsVersion;
  /** The server's certificate, followed by the rest of the chain that it sends. */
  readonly certificate: string;
  readonly key: string;
  /** The CAs whose client certificates it accepts, root and intermediate. */
  readonly clientCa: string;
  /** `never`: it asks for no certificate. `later`: it asks only once the request has arrived, if it can. */
  readonly demands: 'certificate' | 'never' | 'later';
  /** CRLs of every CA in `clientCa`. Absent if revocation is not checked. */
  readonly revoked?: string;
  /** Makes OpenSSL serve a certificate that it considers too weak. */
  readonly lax?: true;
  /** The sandbox's port: plain HTTP on loopback. */
  readonly upstreamPort: number;
}

export interface Front {
  readonly name: string;
  /** It cannot pass requests on: it shows a page of its own to clients that it accepts. */
  readonly answersItself?: true;
  readonly can: (options: Pick<FrontOptions, 'demands' | 'revoked' | 'version'>) => boolean;
  /** The path of its program. Undefined if it is not installed. */
  readonly program: () => string | undefined;
  readonly prepare: (options: FrontOptions, where: Where) => Promise<Launch> | Launch;
}

export interface Where {
  readonly folder: string;
  readonly port: number;
  readonly program: string;
  /** Writes a file into the folder. */
  readonly file: (name: string, content: string) => Promise<string>;
}

export interface Launch {
  /** Default: the server's own program. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningFront {
  readonly url: string;
  readonly port: number;
  /** Everything that it has printed. */
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

/** Debian installs servers in folders that only root has in its PATH. */
export function programNamed(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/go/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** @throws {Error} with what the program printed, if it does not start to listen. */
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
  // A file, because some servers open /dev/stderr again, which is impossible with a socket.
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
    await stopProgram(child);
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

/** Whether anybody listens on this port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** `TLSv1.2` → `1.2`. */
export const bareVersion = (version: TlsVersion): string => version.slice('TLSv'.length);
