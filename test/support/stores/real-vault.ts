/** A real Vault server, as `.ci/run` builds it: one process, everything in memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VaultSettings } from '../../../src/sources/index.ts';
import { ca, serverCertificate } from '../pki.ts';
import { eventually, start } from '../process.ts';
import { storeTool } from './tools.ts';

export const vaultServer = storeTool('VAULT_SERVER', 'servers', 'vault-server');

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'LIST';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
  readonly body: any;
}

export interface RealVault {
  readonly address: string;
  /** PEM. */
  readonly rootPem: string;
  /** As root, unless other headers say otherwise. */
  ask(method: Method, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /** The same. @returns the body. @throws {Error} unless it succeeds */
  must(...asked: Parameters<RealVault['ask']>): Promise<Answer['body']>;
  /** A new KV engine of this version. */
  engine(mount: string, version: '1' | '2'): Promise<void>;
  /** A new policy. @returns its name */
  policy(text: string): Promise<string>;
  /** A token with this policy alone, beside the default one. */
  token(policy: string, more?: object): Promise<string>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

/** Initialised and unsealed, with KV version 2 at `kv`, version 1 at `old`, and AppRole. */
export async function startRealVault(): Promise<RealVault> {
  if (vaultServer === undefined) throw new Error('the Vault server is not built');
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-vault-'));
  const root = await ca({ cn: 'Vault root' });
  const made = await serverCertificate({ issuer: root });
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  writeFileSync(certificate, made.pem);
  writeFileSync(key, made.keyPem, { mode: 0o600 });
  const server = start(vaultServer, [], { ...process.env, VAULT_CERTIFICATE: certificate, VAULT_KEY: key });
  const port = await eventually(
    () => `Vault does not start: ${server.output().slice(-2000)}`,
    () => /^(\d+)\n/.exec(server.stdout())?.[1],
  );
  const address = `https://localhost:${port}`;
  let rootToken: string | undefined;
  const ask: RealVault['ask'] = (method, path, body, more) =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        'content-length': Buffer.byteLength(content),
        ...(rootToken !== undefined && { 'x-vault-token': rootToken }),
        ...(method === 'PATCH' && { 'content-type': 'application/merge-patch+json' }),
        ...more,
      };
      const outgoing = request(new URL(`/v1/${path}`, address), { method, headers, ca: root.pem }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  const must: RealVault['must'] = async (...asked) => {
    const { status, body } = await ask(...asked);
    if (status >= 300) throw new Error(`${asked.slice(0, 2).join(' ')}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const { keys, root_token } = await must('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 });
  rootToken = root_token;
  const unseal = async () => {
    await must('PUT', 'sys/unseal', { key: keys[0] });
    await eventually(
      () => 'Vault stays sealed',
      async () => ((await ask('GET', 'sys/health')).status === 200 ? true : undefined),
    );
  };
  await unseal();
  const engine: RealVault['engine'] = async (mount, version) => {
    await must('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version } });
    // It makes itself one of version 2 afterwards, and until then refuses everything with 400.
    if (version === '2')
      await eventually(
        () => `${mount} does not become an engine of version 2`,
        async () => ((await ask('GET', `${mount}/config`)).status === 200 ? true : undefined),
      );
  };
  await engine('kv', '2');
  await engine('old', '1');
  await must('POST', 'sys/auth/approle', { type: 'approle' });
  let policies = 0;
  return {
    address,
    rootPem: root.pem,
    ask,
    must,
    unseal,
    engine,
    async policy(text) {
      policies += 1;
      await must('PUT', `sys/policies/acl/test-${policies}`, { policy: text });
      return `test-${policies}`;
    },
    async token(policy, more = {}) {
      const { auth } = await must('POST', 'auth/token/create', { policies: [policy], ...more });
      return auth.client_token;
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What `vault kv rollback` asks for, with the token of this source: the current version, the one to go back to, and a write with check-and-set. */
export async function goBackIn(
  vault: RealVault,
  command: string,
  { store }: { readonly store: object },
): Promise<void> {
  const words = /^VAULT_ADDR=(\S+) vault kv rollback -mount=(\S+) -version=(\d+) (\S+)$/.exec(command);
  if (words?.[1] !== vault.address) throw new Error(`not a command for this Vault: ${command}`);
  const { auth } = store as VaultSettings;
  if (auth.kind !== 'token' || auth.token.kind !== 'inline') throw new Error('without a token');
  const [, , mount, version, path] = words;
  const headers = { 'x-vault-token': auth.token.value.reveal() };
  const current = await vault.must('GET', `${mount}/data/${path}`, undefined, headers);
  const previous = await vault.must('GET', `${mount}/data/${path}?version=${version}`, undefined, headers);
  const options = { cas: current.data.metadata.version };
  await vault.must('POST', `${mount}/data/${path}`, { options, data: previous.data.data }, headers);
}
