import { beforeAll, describe, expect, test } from 'vitest';
import { handshake } from '../../src/mesh/handshake.ts';
import { needs } from '../support/tools.ts';
import { type Estate, endpoint, makeEstate } from './estate.ts';
import { type Scenario, scenarios, type TlsVersion } from './scenarios.ts';
import { start } from './servers.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await makeEstate();
});

const hangMs = 400;
const limitMs = 5000;

describe('each fault has its reason', () => {
  const cases = scenarios.flatMap((scenario) =>
    (scenario.versions ?? [undefined]).map((version) => ({ scenario, version, name: nameOf(scenario, version) })),
  );
  for (const { scenario, version, name } of cases) {
    test.skipIf(scenario.server.kind === 'openssl' && !needs('openssl'))(name, () => plays(scenario, version));
  }
});

function nameOf({ fault, reason }: Scenario, version: TlsVersion | undefined): string {
  return `handshake: ${fault}${version ? `, ${version}` : ''} → ${reason}`;
}

async function plays(scenario: Scenario, version: TlsVersion | undefined): Promise<void> {
  const running = await start(scenario, version, estate);
  try {
    const credential = await estate.credential(scenario.presents ?? 'deployed');
    const limit = (phase: string) => (scenario.hangs === phase ? hangMs : limitMs);
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
    if (scenario.httpStatus !== undefined) expect(result.httpStatus).toBe(scenario.httpStatus);
    if (scenario.hangs) {
      expect(tookMs).toBeGreaterThan(hangMs * 0.9);
      expect(result.phases[scenario.hangs]).toBeGreaterThan((hangMs / 1000) * 0.8);
    }
    expect(tookMs).toBeLessThan(scenario.hangs ? hangMs + 2500 : limitMs);
    // Whatever became of it, the server's certificates are known as soon as the server has sent them.
    if (version) {
      expect(result.serverCertificates.length).toBeGreaterThan(0);
      expect(result.tls?.protocol).toBe(version);
    }
  } finally {
    await running.stop();
  }
}
