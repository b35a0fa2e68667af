/** NHS England's own client (PyPI `mesh-client`), in a process of its own: what it says about the same server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Certificates and key in PEM. */
export interface Job {
  readonly url: string;
  readonly password: string;
  /** Absent if no client certificate is presented. */
  readonly pair?: { readonly certificate: string; readonly key: string };
  readonly bundle: string;
  /** Default: true. */
  readonly verify?: boolean;
}

export interface Official {
  /** `success`, or its exception in one line. */
  handshake(job: Job): Promise<string>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');
export const officialPython = process.env.MESH_CLIENT_PYTHON ?? join(root, '.tools', 'mesh-client', 'bin', 'python');

let said = false;

/** Whether its virtual environment exists. Under CI it must. */
export function hasOfficialClient(): boolean {
  if (existsSync(officialPython)) return true;
  if (process.env.CI === 'true')
    throw new Error(`NHS England's client is not installed at ${officialPython}, and CI needs it`);
  if (!said)
    process.stderr.write(
      'skipped: tests alongside NHS England’s client (pip install mesh-client), which is not installed\n',
    );
  said = true;
  return false;
}

/** @param env - added to its environment. */
export function startOfficialClient(env: Readonly<Record<string, string>> = {}): Official {
  const child = spawn(officialPython, ['-u', '-W', 'ignore', join(import.meta.dirname, 'official_client.py')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async handshake(job) {
      const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-official-'));
      child.stdin.write(`${JSON.stringify(await withFiles(job, folder))}\n`);
      const { value, done } = await lines.next();
      await rm(folder, { recursive: true });
      if (done) throw new Error('NHS England’s client ended');
      return (JSON.parse(value) as { said: string }).said;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

/** It reads certificates and keys from files only. */
async function withFiles({ pair, bundle, verify = true, ...rest }: Job, folder: string): Promise<object> {
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const files = pair && {
    certificate: await file('client.pem', pair.certificate),
    key: await file('client.key', pair.key),
  };
  return { ...rest, verify, bundle: await file('bundle.pem', bundle), ...files };
}
