/** NHS England's own client (PyPI `mesh-client`), in a process of its own: what it says of the same server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Job {
  readonly url: string;
  readonly password: string;
  /** Files, PEM. */
  readonly certificate?: string;
  readonly key?: string;
  readonly bundle: string;
  readonly verify: boolean;
}

export interface Official {
  /** `success`, or what it threw, in one line. */
  handshake(job: Job): Promise<string>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');
export const officialPython = process.env.MESH_CLIENT_PYTHON ?? join(root, '.tools', 'mesh-client', 'bin', 'python');

let said = false;

/** Whether its virtual environment is there; under CI it must be. */
export function hasOfficialClient(): boolean {
  if (existsSync(officialPython)) return true;
  if (process.env.CI === 'true')
    throw new Error(`NHS England's client is not installed at ${officialPython}, and CI needs it`);
  if (!said)
    process.stderr.write(
      'skipped: tests beside NHS England’s client (pip install mesh-client), which is not installed\n',
    );
  said = true;
  return false;
}

export function startOfficialClient(): Official {
  const child = spawn(officialPython, ['-u', '-W', 'ignore', join(import.meta.dirname, 'official_client.py')], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async handshake(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await lines.next();
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
