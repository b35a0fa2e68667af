import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/findings/catalogue.ts';
import { rehearse } from '../../src/rehearsal/rehearsal.ts';
import { dayMs } from '../../src/time/duration.ts';
import { assess } from '../../src/verify/assess.ts';
import type { AssessmentPolicy } from '../../src/verify/types.ts';
import { scenarios } from '../scenarios/credentials/all.ts';
import { deployed } from '../support/credential/deployed.ts';

const policy: AssessmentPolicy = {
  chainOrder: 'root-first',
  thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
};

describe.each(scenarios)('$name', ({ make, findings, openssl }) => {
  test('both verifiers: what is found, and where they differ they say so', async () => {
    const credential = deployed(await make());
    const rehearsal = (await rehearse(credential))!;
    const { valid, findings: found } = assess(credential, policy, rehearsal, new Date());
    const differs = openssl !== undefined;
    const codes = found.map(({ code }) => code).sort();
    expect(codes).toEqual([...findings, ...(differs ? ['verifiers_disagree'] : [])].sort());
    expect(rehearsal.accepted).toBe(openssl ? openssl === 'accepts' : valid);
    expect(differs ? codes.includes('verifiers_disagree') : rehearsal.accepted === valid).toBe(true);
    const explaining = found.filter(({ code, severity }) => severity === 'critical' && catalogue[code].check);
    expect(explaining.length > 0).toBe(!valid);
  });
});
