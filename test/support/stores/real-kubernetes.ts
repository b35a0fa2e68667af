/** The real Kubernetes API server with etcd, as `.ci/run` builds them: one process, its data in a temporary folder. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, start } from '../process.ts';
import { storeTool } from './tools.ts';

export const kubernetesApi = storeTool('KUBERNETES_API', 'servers', 'kubernetes-api');

export interface Cluster {
  readonly server: string;
  readonly rootPem: string;
  /** Of somebody who may do nothing until a role says so. */
  readonly token: string;
  readonly user: string;
  /** As the administrator. @throws {Error} unless it succeeds */
  ask(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startKubernetes(): Promise<Cluster> {
  if (kubernetesApi === undefined) throw new Error('the Kubernetes API server is not built');
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-kubernetes-'));
  const [port, client, peer] = [await freePort(), await freePort(), await freePort()];
  const key = join(folder, 'accounts.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), 'admin-token,admin,1,system:masters\nplanted-monitor-token,monitor,2\n');
  const etcd = `http://127.0.0.1:${client}`;
  const server = start(
    kubernetesApi,
    [
      `--etcd-servers=${etcd}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certificates')}`,
      '--service-account-issuer=https://kubernetes',
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--disable-admission-plugins=ServiceAccount',
    ],
    {
      ...process.env,
      ETCD_DIR: join(folder, 'etcd'),
      ETCD_CLIENT_URL: etcd,
      ETCD_PEER_URL: `http://127.0.0.1:${peer}`,
    },
  );
  const address = `https://127.0.0.1:${port}`;
  const ask: Cluster['ask'] = (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, address),
        // It has made its certificate itself.
        { method, rejectUnauthorized: false, headers: { authorization: 'Bearer admin-token', 'content-type': type } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if ((answer.statusCode ?? 500) < 300) resolve(path === '/readyz' ? text : JSON.parse(text));
            else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  await eventually(
    () => `the Kubernetes API server does not answer: ${server.output().slice(-2000)}`,
    async () => ((await ask('GET', '/readyz').catch(() => undefined)) === undefined ? undefined : true),
    60_000,
  );
  return {
    server: address,
    // Its certificate, and the CA that it made for it.
    rootPem: readFileSync(join(folder, 'certificates', 'apiserver.crt'), 'utf8'),
    token: 'planted-monitor-token',
    user: 'monitor',
    ask,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
