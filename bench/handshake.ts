// npm run bench -- handshake [PROBES] [ENVIRONMENTS]: what a probe costs compared with a bare node:https request with the same options, in the same run;
// then many environments at once. The server is a separate process, so that only the client's CPU time is counted.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:https';
import { type MeshEndpoint, Secret, type Source } from '../src/config/index.ts';
import { type DeployedCredential, readCredential } from '../src/credential/index.ts';
import { generateKeys } from '../src/demo/keys.ts';
import { addYears, createRoot, createSubCa, issueClient, issueServer } from '../src/demo/pki.ts';
import { authorizationToken, callerFacts, handshake, meshHeaders } from '../src/mesh/index.ts';
import type { Figure } from './figures.ts';
import { type Cost, costOf } from './measure.ts';

const concurrency = 32;
const batch = 50;

export interface Material {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

export async function run([probes = '500', environments = '1000']: readonly string[]): Promise<void> {
  await withServer(async (port, material) => {
    const credential = await credentialOf(material);
    say(await beside(port, material, credential, Number(probes)), Number(probes));
    await manyAtOnce(port, credential, Number(environments));
  });
}

/** A server of its own process, that demands a client certificate and answers as MESH does. */
export async function withServer<T>(work: (port: number, material: Material) => Promise<T>): Promise<T> {
  const material = await makeMaterial();
  const server = spawn(process.execPath, [import.meta.filename, 'server'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    server.send(material);
    return await work(await portFrom(server), material);
  } finally {
    server.kill();
  }
}

interface Compared {
  readonly ours: Cost;
  readonly bare: Cost;
}

/** Processor time of one probe. */
export async function probeFigures(probes: number): Promise<Figure[]> {
  return withServer(async (port, material) => {
    const { ours, bare } = await beside(port, material, await credentialOf(material), probes);
    const [value, floor] = [ours.cpuMs / probes, bare.cpuMs / probes];
    return [{ name: 'mTLS probe, CPU', value, unit: 'ms', floor, against: 'bare node:https' }];
  });
}

/** Alternates batches of both, so that other load on the machine affects both. */
async function beside(
  port: number,
  material: Material,
  credential: DeployedCredential,
  probes: number,
): Promise<Compared> {
  const ours = async () => expectSuccess(await probe(port, credential));
  const bare = () => bareRequest(port, material);
  for (let warm = 0; warm < batch; warm += 1) await Promise.all([ours(), bare()]);
  const totals = { ours: nothing, bare: nothing };
  for (let done = 0; done < probes; done += batch) {
    totals.bare = add(totals.bare, await costOf(() => times(batch, bare)));
    totals.ours = add(totals.ours, await costOf(() => times(batch, ours)));
  }
  return totals;
}

function say(totals: Compared, probes: number): void {
  const per = (ms: number) => `${(ms / probes).toFixed(2).padStart(8)} ms`;
  console.log(`${probes} of each, one after the other, RSA 2048, mutual TLS 1.3, a new connection each`);
  console.log(`                      wall         CPU`);
  console.log(`bare node:https  ${per(totals.bare.wallMs)} ${per(totals.bare.cpuMs)}`);
  console.log(`handshake()      ${per(totals.ours.wallMs)} ${per(totals.ours.cpuMs)}`);
  const ratio = (of: 'wallMs' | 'cpuMs') => `${(totals.ours[of] / totals.bare[of]).toFixed(2).padStart(8)} ×  `;
  console.log(`ours / bare      ${ratio('wallMs')} ${ratio('cpuMs')}  (bound: 1.30)`);
}

async function manyAtOnce(port: number, credential: DeployedCredential, environments: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < environments) {
      next += 1;
      expectSuccess(await probe(port, credential));
    }
  };
  const { wallMs, cpuMs } = await costOf(() => Promise.all(Array.from({ length: concurrency }, worker)));
  console.log(
    `${environments} environments, ${concurrency} at once: ${(wallMs / 1000).toFixed(1)} s, CPU ${(cpuMs / environments).toFixed(2)} ms each`,
  );
}

const nothing: Cost = { wallMs: 0, cpuMs: 0 };
const add = (a: Cost, b: Cost): Cost => ({ wallMs: a.wallMs + b.wallMs, cpuMs: a.cpuMs + b.cpuMs });

export async function times(count: number, work: () => Promise<void>): Promise<void> {
  for (let each = 0; each < count; each += 1) await work();
}

export function probe(port: number, credential: DeployedCredential) {
  const mesh: MeshEndpoint = {
    url: `https://localhost:${port}`,
    mailboxId: 'X26ABC1',
    password: inline('password'),
    sharedKey: inline('TestKey'),
    verifyServer: true,
    probe: 'validate',
    timeouts: { connectMs: 10_000, tlsMs: 10_000, requestMs: 10_000 },
  };
  return handshake({ mesh }, credential, { now: () => new Date(), env: {} });
}

export function expectSuccess({ reason, detail }: { reason?: string; detail?: string }): void {
  if (reason) throw new Error(`${reason}: ${detail}`);
}

/** The same request, from a client that checks only the status. */
async function bareRequest(port: number, { ca, client }: Material): Promise<void> {
  const token = authorizationToken({
    mailboxId: 'X26ABC1',
    password: new Secret('password'),
    sharedKey: new Secret('TestKey'),
    nonce: crypto.randomUUID(),
    nonceCount: 0,
    now: new Date(),
  });
  const asking = request({
    method: 'POST',
    host: 'localhost',
    port,
    path: '/messageexchange/X26ABC1',
    headers: { ...meshHeaders(callerFacts()), Authorization: token.reveal() },
    agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
    ...client,
    ca,
    minVersion: 'TLSv1.2',
  });
  asking.end();
  const [response] = await once(asking, 'response');
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  response.resume();
  await once(response, 'close');
}

async function makeMaterial(): Promise<Material> {
  const now = new Date();
  const past = addYears(now, -1);
  const [clientKeys, serverKeys] = [await generateKeys('rsa-2048'), await generateKeys('rsa-2048')];
  const root = await createRoot({ commonName: 'Bench Root', notBefore: past, years: 20 });
  const sub = await createSubCa(root, { commonName: 'Bench SubCA', notBefore: past, years: 10 });
  const client = await issueClient(sub, {
    commonName: 'x26abc1.x26.api.mesh-client.nhs.uk',
    publicKey: clientKeys.publicKey,
    notBefore: past,
  });
  const server = await issueServer(sub, {
    names: ['localhost'],
    publicKey: serverKeys.publicKey,
    notBefore: past,
    notAfter: addYears(now, 1),
  });
  const pem = (keys: typeof clientKeys) => keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    ca: root.pem + sub.pem,
    server: { cert: server.pem + sub.pem, key: pem(serverKeys) },
    client: { cert: client.pem, key: pem(clientKeys) },
  };
}

export function credentialOf({ ca, client }: Material): Promise<DeployedCredential> {
  return readCredential({ certificate: inline(client.cert), privateKey: inline(client.key), caBundle: inline(ca) }, {});
}

function inline(value: string): Source {
  return { kind: 'inline', value: new Secret(value) };
}

async function portFrom(server: ChildProcess): Promise<number> {
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return port;
}

/** The server: answers every request from a client with a valid certificate with an empty 200. */
async function serve(): Promise<void> {
  const [material] = (await once(process, 'message')) as [Material];
  const options = { ...material.server, ca: material.ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (_request, response) => response.end());
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
  process.once('disconnect', () => process.exit());
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'server') await serve();
