/** NHS England's own MESH sandbox, a real server of the MESH API, and nginx to put mutual TLS in front of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, stop } from '../process.ts';
import { needs } from '../tools.ts';

export interface Server {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

export const sandboxPython =
  process.env.MESH_SANDBOX_PYTHON ??
  join(import.meta.dirname, '..', '..', '..', '.tools', 'mesh-sandbox', 'bin', 'python');
let said = false;

/** Whether the sandbox's virtual environment is installed; under CI it must be. */
export function hasSandbox(): boolean {
  if (existsSync(sandboxPython)) return true;
  if (process.env.CI === 'true')
    throw new Error(`the MESH sandbox is not installed at ${sandboxPython}, and CI needs it`);
  if (!said)
    process.stderr.write(
      'skipped: tests that need the MESH sandbox (pip install mesh-sandbox), which is not installed\n',
    );
  said = true;
  return false;
}

/** Debian installs nginx in a folder that is only on root's path. */
export function hasNginx(): boolean {
  return existsSync('/usr/sbin/nginx') || needs('nginx');
}

/** What the sandbox knows: mailboxes X26ABC1, X26ABC2, … with this password. */
export const sandboxSecrets = { sharedKey: 'TestKey', password: 'password' } as const;

/** Starts the sandbox with full authorization; with TLS when certificate and key are given (files, PEM). */
export async function startSandbox(tls?: { readonly cert: string; readonly key: string }): Promise<Server> {
  const port = await freePort();
  const args = ['-m', 'uvicorn', 'mesh_sandbox.api:app', '--host', '127.0.0.1', '--port', String(port)];
  if (tls) args.push('--ssl-certfile', tls.cert, '--ssl-keyfile', tls.key);
  const child = spawn(sandboxPython, args, {
    env: { PATH: process.env.PATH, AUTH_MODE: 'full', SHARED_KEY: sandboxSecrets.sharedKey, STORE_MODE: 'memory' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await saying(child, /Uvicorn running on/);
  return { port, url: `${tls ? 'https' : 'http'}://localhost:${port}`, stop: () => stop(child) };
}

export interface NginxOptions {
  /** Files, PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Whose certificates are accepted. */
  readonly clientCa: string;
  /** Where requests go. */
  readonly upstream: string;
  readonly protocols: 'TLSv1.2' | 'TLSv1.3' | 'TLSv1.2 TLSv1.3';
  /** Lines in the location, e.g. for a header that gets lost on the way. */
  readonly location?: string;
}

/** nginx with `ssl_verify_client on`, in its own folder, on its own port. */
export async function startNginx(options: NginxOptions): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port, options));
  const command = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx';
  const child = spawn(command, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await saying(child, /start worker process /);
  return {
    port,
    url: `https://localhost:${port}`,
    async stop() {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number, options: NginxOptions): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${options.certificate}; ssl_certificate_key ${options.key};
    ssl_client_certificate ${options.clientCa}; ssl_verify_client on; ssl_verify_depth 3;
    ssl_protocols ${options.protocols};
    location / { proxy_pass ${options.upstream}; ${options.location ?? ''} }
  }
}
`;
}

/** Waits until it says so on stderr, and keeps reading, because a full pipe would block it. */
function saying(child: ChildProcess, what: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      heard = `${heard}${chunk}`.slice(-10_000);
      if (what.test(heard)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${heard}`)));
  });
}
