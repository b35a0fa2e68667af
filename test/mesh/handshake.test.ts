import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { judgeHandshake } from '../../src/mesh/judge.ts';
import type { HandshakeResult } from '../../src/mesh/types.ts';
import { dayMs } from '../../src/time/duration.ts';
import { type Scenario, scenarios, type TlsVersion } from '../scenarios/handshakes.ts';
import { amplyMs, endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { start } from '../support/mesh/servers.ts';
import { needs } from '../support/tools.ts';

let estate: HandshakePki;
beforeAll(async () => {
  estate = await makeHandshakePki();
});

const hangMs = 400;

describe('each fault has its reason', () => {
  const cases = scenarios.flatMap((scenario) =>
    (scenario.versions ?? [undefined]).map((version) => ({ scenario, version, name: nameOf(scenario, version) })),
  );
  for (const { scenario, version, name } of cases) {
    test.skipIf(scenario.server.kind === 'openssl' && !needs('openssl'))(name, () => plays(scenario, version));
  }
});

test('docs/handshake.md lists these faults with their reasons, in this order', () => {
  const section =
    readFileSync('docs/handshake.md', 'utf8').split('## From fault to reason')[1]?.split('\n## ')[0] ?? '';
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  expect(rows).toEqual(scenarios.map(rowOf));
});

function rowOf({ fault, versions, reason, finding }: Scenario): string {
  const tls = versions?.map((each) => each.replace('TLSv', '')).join(', ') ?? 'before TLS';
  const outcome = reason === 'success' ? 'success' : `[\`${reason}\`](#${reason})`;
  return `| ${fault} | ${tls} | ${outcome}${finding ? `, and the finding \`${finding}\`` : ''} |`;
}

function nameOf({ fault, reason }: Scenario, version: TlsVersion | undefined): string {
  return `handshake: ${fault}${version ? `, ${version}` : ''} → ${reason}`;
}

async function plays(scenario: Scenario, version: TlsVersion | undefined): Promise<void> {
  const running = await start(scenario, version, estate);
  try {
    const credential = await estate.credential(scenario.presents ?? 'deployed');
    const limit = (phase: string) => (scenario.hangs === phase ? hangMs : amplyMs);
    const mesh = endpoint(running.url, {
      ...(running.proxy ? { proxy: running.proxy } : {}),
      // Without a credential the system's roots judge, which do not know the test PKI.
      verifyServer: credential !== undefined,
      probe: scenario.probe ?? 'validate',
      timeouts: { connectMs: limit('connect'), tlsMs: limit('tls'), requestMs: limit('request') },
    });
    const before = performance.now();
    const result = await handshake({ mesh }, credential, { now: () => new Date(), env: {} });
    const tookMs = performance.now() - before;

    expect(result.reason ?? 'success', result.detail).toBe(scenario.reason);
    expect(result.outcome).toBe(scenario.reason === 'success' ? 'success' : 'failure');
    if (scenario.detail) expect(result.detail).toMatch(scenario.detail);
    if (scenario.remedy) expect(result.remedy).toMatch(scenario.remedy);
    if (scenario.httpStatus !== undefined) expect(result.httpStatus).toBe(scenario.httpStatus);
    expect(findings(mesh, result), 'in addition to handshake_failed').toEqual(
      scenario.finding ? [scenario.finding] : [],
    );
    if (scenario.hangs) {
      expect(tookMs).toBeGreaterThan(hangMs * 0.9);
      expect(result.phases[scenario.hangs]).toBeGreaterThan((hangMs / 1000) * 0.8);
    }
    // Whatever the outcome, the server's certificates are known once the server has sent them.
    if (version) {
      expect(result.serverCertificates.length).toBeGreaterThan(0);
      expect(result.tls?.protocol).toBe(version);
    }
  } finally {
    await running.stop();
  }
}

/** Without the reason itself, and without what the test chose not to verify. */
function findings(mesh: MeshEndpoint, last: HandshakeResult): string[] {
  const now = new Date();
  const thresholds = { warningMs: 45 * dayMs, criticalMs: 14 * dayMs };
  const found = judgeHandshake({ mesh, thresholds }, { last, watchingSince: now }, now).map(({ code }) => code);
  return found.filter((code) => code !== 'handshake_failed' && code !== 'server_not_verified');
}
