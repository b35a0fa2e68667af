/** One cell: a front, a TLS version and a fault, and what we and NHS England's client say of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../../src/config/secret.ts';
import type { MeshEndpoint, Source } from '../../../../src/config/types.ts';
import { readCredential } from '../../../../src/credential/read.ts';
import { reasonCatalogue } from '../../../../src/mesh/diagnosis/reasons.ts';
import { handshake } from '../../../../src/mesh/handshake.ts';
import { type Front, type FrontOptions, type RunningFront, startFront, type TlsVersion } from '../fronts/index.ts';
import { type Server as Sandbox, sandboxSecrets } from '../sandbox.ts';
import { type Fault, faults } from './faults.ts';
import type { Material } from './material.ts';
import type { Official } from './official-client.ts';

export interface Cell {
  readonly front: string;
  readonly version: TlsVersion;
  readonly fault: string;
  /** `success`, a reason, or why there is nothing to see. */
  readonly outcome: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly requested?: boolean;
  /** What NHS England's client said; absent: it was not asked. */
  readonly official?: string;
}

/** Of a front that has a page of its own and no sandbox behind it: that page came. */
export const accepted = 'accepted';

/** Nothing to see: the front does not start like that, and says so itself. */
export const notOffered = 'not offered';

const longMs = 5000;

/** Every cell of one front and version; fronts with the same configuration are started once. */
export async function* play(
  front: Front,
  version: TlsVersion,
  {
    material,
    sandbox,
    official,
    only = () => true,
  }: { material: Material; sandbox: Sandbox; official?: Official; only?: (fault: Fault) => boolean },
): AsyncGenerator<Cell> {
  const wanted = faults.filter(
    (fault) =>
      only(fault) &&
      front.can(optionsOf(fault, version, material, sandbox)) &&
      !(front.answersItself && fault.wrongPassword),
  );
  const groups = Map.groupBy(wanted, ({ server, demands, crl }) => JSON.stringify([server, demands, crl]));
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const running = await startFront(front, optionsOf(first, version, material, sandbox)).catch(() => undefined);
    for (const fault of group) {
      const place = { front: front.name, version, fault: fault.is };
      yield running
        ? { ...place, ...(await ask(front, running, fault, material, official)) }
        : { ...place, outcome: notOffered };
    }
    await running?.stop();
  }
}

function optionsOf(
  { server = 'good', demands = 'certificate', crl }: Fault,
  version: TlsVersion,
  material: Material,
  sandbox: Sandbox,
): FrontOptions {
  return {
    version,
    ...material.servers[server],
    clientCa: material.bundleWithExpired,
    demands,
    ...(server === 'weak' || server === 'sha1' ? { lax: true } : {}),
    ...(crl ? { revoked: material.crl[crl] } : {}),
    upstreamPort: sandbox.port,
  };
}

type Seen = Omit<Cell, 'front' | 'version' | 'fault'>;

async function ask(
  { answersItself }: Front,
  running: RunningFront,
  fault: Fault,
  material: Material,
  official: Official | undefined,
): Promise<Seen> {
  const { presents = 'deployed', wrongPassword } = fault;
  const pair = presents === 'none' ? undefined : material.clients[presents];
  const bundle = presents === 'issuerExpired' ? material.bundleWithExpired : material.bundle;
  const password = wrongPassword ? 'wrong' : sandboxSecrets.password;
  const mesh: MeshEndpoint = {
    url: running.url,
    mailboxId: 'X26ABC1',
    password: inline(password),
    sharedKey: inline(sandboxSecrets.sharedKey),
    // Without a credential the system's roots judge, which do not know this PKI.
    verifyServer: pair !== undefined,
    // Their own page is for GET alone.
    probe: answersItself ? 'ping' : 'validate',
    timeouts: { connectMs: longMs, tlsMs: longMs, requestMs: longMs },
  };
  const credential =
    pair &&
    (await readCredential(
      { certificate: inline(pair.certificate), privateKey: inline(pair.key), caBundle: inline(bundle) },
      {},
    ));
  const { reason, detail, remedy, clientCertificateRequested, httpStatus } = await handshake({ mesh }, credential, {
    now: () => new Date(),
    env: {},
  });
  const said = official && !answersItself && (await askOfficial(official, running, { pair, bundle, password }));
  if (answersItself && httpStatus === 200) return { outcome: accepted, requested: clientCertificateRequested ?? false };
  return {
    outcome: reason ?? 'success',
    ...(detail === undefined ? {} : { detail: steady(detail, running) }),
    ...(reason ? { remedy: remedy ?? reasonCatalogue[reason].remedy } : {}),
    ...(clientCertificateRequested === undefined ? {} : { requested: clientCertificateRequested }),
    ...(said ? { official: steady(said, running) } : {}),
  };
}

async function askOfficial(
  official: Official,
  { url }: RunningFront,
  { pair, bundle, password }: { pair: Material['clients']['deployed'] | undefined; bundle: string; password: string },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-official-'));
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const ours = pair && {
      certificate: await file('client.pem', pair.certificate),
      key: await file('client.key', pair.key),
    };
    return await official.handshake({
      url,
      password,
      bundle: await file('bundle.pem', bundle),
      verify: pair !== undefined,
      ...ours,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const inline = (value: string): Source => ({ kind: 'inline', value: new Secret(value) });

/** What differs from run to run, and says nothing. */
function steady(text: string, { port }: RunningFront): string {
  return text
    .replaceAll(String(port), 'PORT')
    .replaceAll(new Date().toISOString().slice(0, 10), 'TODAY')
    .replaceAll(/0x[0-9a-f]{6,}/g, '0x…')
    .replaceAll(/"internal_id": ?"[^"]*"/g, '"internal_id":"…"');
}
