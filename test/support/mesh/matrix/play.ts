/** One cell: a server, a TLS version and a fault, and what we and NHS England's client say about it. */

import type { MeshEndpoint } from '../../../../src/config/types.ts';
import { readCredential } from '../../../../src/credential/read.ts';
import { reasonCatalogue } from '../../../../src/mesh/diagnosis/reasons.ts';
import { handshake } from '../../../../src/mesh/handshake.ts';
import { Secret, type Source } from '../../../../src/sources/index.ts';
import { type Front, type FrontOptions, type RunningFront, startFront, type TlsVersion } from '../fronts/index.ts';
import { type Server as Sandbox, sandboxSecrets } from '../sandbox.ts';
import { type Fault, faults } from './faults.ts';
import type { Material } from './material.ts';
import type { Official } from './official-client.ts';

export interface Cell {
  readonly front: string;
  readonly version: TlsVersion;
  readonly fault: string;
  /** `success`, a reason, or {@link accepted} or {@link notOffered}. */
  readonly outcome: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly requested?: boolean;
  /** What NHS England's client said. Absent if it was not run. */
  readonly official?: string;
}

/** A server without a sandbox behind it answered with its own page. */
export const accepted = 'accepted';

/** The server does not start with this configuration. */
export const notOffered = 'not offered';

// No cell depends on a time limit, and a busy machine must not cause one.
const longMs = 30_000;

/** Every cell of one server and TLS version. Faults with the same configuration share one start. */
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
    // Without a credential the system's roots would be used, which do not include this PKI.
    verifyServer: pair !== undefined,
    // Their own page answers GET only.
    probe: answersItself ? 'ping' : 'validate',
    timeouts: { connectMs: longMs, tlsMs: longMs, requestMs: longMs },
  };
  const credential =
    pair &&
    (await readCredential(
      { certificate: inline(pair.certificate), privateKey: inline(pair.key), caBundle: inline(bundle) },
      {},
    ));
  const now = new Date();
  const { reason, detail, remedy, clientCertificateRequested, httpStatus } = await handshake({ mesh }, credential, {
    now: () => now,
    env: {},
  });
  const job = { url: running.url, password, bundle, verify: pair !== undefined, ...(pair && { pair }) };
  const said = official && !answersItself && (await official.handshake(job));
  if (answersItself && httpStatus === 200) return { outcome: accepted, requested: clientCertificateRequested ?? false };
  return {
    outcome: reason ?? 'success',
    ...(detail === undefined ? {} : { detail: steady(detail, running, now) }),
    ...(reason ? { remedy: remedy ?? reasonCatalogue[reason].remedy } : {}),
    ...(clientCertificateRequested === undefined ? {} : { requested: clientCertificateRequested }),
    ...(said ? { official: steady(said, running, now) } : {}),
  };
}

const inline = (value: string): Source => ({ kind: 'inline', value: new Secret(value) });

/** Without what differs from run to run and means nothing. */
function steady(text: string, { port }: RunningFront, now: Date): string {
  return text
    .replaceAll(String(port), 'PORT')
    .replaceAll(now.toISOString().slice(0, 10), 'TODAY')
    .replaceAll(/0x[0-9a-f]{6,}/g, '0x…')
    .replaceAll(/"internal_id": ?"[^"]*"/g, '"internal_id":"…"');
}
