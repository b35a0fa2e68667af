import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { judgeHandshake } from '../../src/mesh/judge.ts';
import { handshakeReasons } from '../../src/mesh/types.ts';
import { rehearse } from '../../src/rehearsal/rehearsal.ts';
import { dayMs } from '../../src/time/duration.ts';
import { assess } from '../../src/verify/assess.ts';
import { scenarios } from '../scenarios/credentials/all.ts';
import { scenarios as handshakes } from '../scenarios/handshakes.ts';
import { deployed } from '../support/credential/deployed.ts';
import { amplyMs, endpoint, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { start } from '../support/mesh/servers.ts';
import { needs } from '../support/tools.ts';
import { environment } from './evidence.ts';

const policy = { chainOrder: 'root-first', thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs } } as const;

describe('every credential of the scenarios', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, { make }) => {
    const credential = deployed(await make());
    const now = new Date();
    const assessment = assess(credential, policy, await rehearse(credential), now);
    const { cause, firstAction, headline } = diagnose({ findings: assessment.findings, assessment, now });
    const worrying = assessment.findings.filter(({ severity }) => severity !== 'info');
    expect(cause !== undefined).toBe(worrying.length > 0);
    if (!cause) return;
    expect(cause.severity).toBe(worrying[0]?.severity);
    expect([headline.length, firstAction.length].every((length) => length > 10)).toBe(true);
  });
});

describe('every reason of a failed handshake', () => {
  test.each(handshakeReasons)('%s', async (reason) => {
    const scenario = handshakes.find(
      (each) => each.reason === reason && (each.server.kind !== 'openssl' || needs('openssl')),
    );
    // Without OpenSSL's server there is nothing that sends these.
    if (!scenario) return;
    const pki = await makeHandshakePki();
    const running = await start(scenario, scenario.versions?.[0], pki);
    try {
      const presents = scenario.presents ?? 'deployed';
      const credential = await pki.credential(presents);
      const now = new Date();
      const limit = (phase: string) => (scenario.hangs === phase ? 400 : amplyMs);
      const mesh = endpoint(running.url, {
        ...(running.proxy ? { proxy: running.proxy } : {}),
        verifyServer: credential !== undefined,
        probe: scenario.probe ?? 'validate',
        timeouts: { connectMs: limit('connect'), tlsMs: limit('tls'), requestMs: limit('request') },
      });
      const result = await handshake({ mesh }, credential, { now: () => now, env: {} });
      const assessment = credential && assess(credential, policy, await rehearse(credential), now);
      const findings = [
        ...(assessment?.findings ?? []),
        ...judgeHandshake({ mesh, thresholds: policy.thresholds }, { last: result, watchingSince: now }, now),
      ];
      const given = { findings, handshake: result, environment: { ...environment, mesh }, now };
      const diagnosis = diagnose({ ...given, ...(assessment ? { assessment } : {}) });
      const failed = diagnosis.findings.find(({ code }) => code === 'handshake_failed');
      expect(result.reason).toBe(reason);
      expect(failed?.consequenceOf ?? diagnosis.cause?.code, diagnosis.headline).toBe(diagnosis.cause?.code);
      expect(diagnosis.headline).not.toMatch(/notAfter|_/);
      expect(diagnosis.firstAction.length).toBeGreaterThan(10);
    } finally {
      await running.stop();
    }
  });
});
