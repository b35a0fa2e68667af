import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../src/time/duration.ts';
import { assess } from '../../src/verify/assess.ts';
import { namedIssuer, nhsAuthorities, recognise } from '../../src/verify/nhs-pki.ts';
import type { AssessmentPolicy } from '../../src/verify/types.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { deployed, parsed } from '../support/credential/deployed.ts';
import { ca, date, leaf } from '../support/pki.ts';

const load = (file: string): { der: Buffer }[] =>
  [...readFileSync(join(import.meta.dirname, 'nhs-pki', file), 'utf8').matchAll(/BEGIN CERTIFICATE-----([^-]+)/g)].map(
    ([, base64]) => ({ der: Buffer.from(base64!, 'base64') }),
  );

const client = load('client-int.pem')[0]!;
const policy: AssessmentPolicy = {
  chainOrder: 'root-first',
  thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
};
const judge = (bundle: readonly { der: Uint8Array }[], at: string, more: Partial<AssessmentPolicy> = {}) =>
  assess(deployed({ client, bundle }), { ...policy, ...more }, undefined, date(at));
const codes = ({ findings }: { findings: readonly { code: string }[] }) => findings.map(({ code }) => code);

describe('a real integration certificate of August 2024', () => {
  test('is valid with the bundle of the guide, without any finding, although its private key usage period is over', () => {
    const assessment = judge(load('ca-bundle-int-root-first.pem'), '2026-11-23T12:00:00Z');
    expect(assessment).toMatchObject({ valid: true, order: 'root-first', findings: [] });
    expect(assessment.expiresAt).toEqual(date('2027-08-09T13:14:08Z'));
    expect(parsed(client).privateKeyUsagePeriod?.notAfter).toEqual(date('2026-09-15T01:14:08Z'));
  });

  test.each(['ca-bundle-int.pem', 'ca-bundle-dep.pem'])(
    'is valid with %s, whose order is wrong and whose first generation it does not use',
    (file) => {
      const assessment = judge(load(file), '2026-11-23T12:00:00Z');
      expect(assessment).toMatchObject({ valid: true, order: 'leaf-first' });
      expect(codes(assessment)).toEqual([
        'chain_order_wrong',
        'bundle_unrelated_certificate',
        'bundle_unrelated_certificate',
      ]);
      expect(assessment.findings[0]!.message).toContain(
        'swap “NHS INT Authentication G2” (certificate 1) with “NHS PTL Root Authority G2” (certificate 2)',
      );
      expect(assessment.findings[1]!.message).toContain('first generation');
      expect(assessment.certificates.map(({ role, onPath }) => [role, onPath])).toEqual([
        ['client', true],
        ['intermediate', true],
        ['root', true],
        ['intermediate', false],
        ['root', false],
      ]);
    },
  );

  test('is invalid with the live bundle, and that is said in so many words', () => {
    const assessment = judge(load('ca-bundle-live.pem'), '2026-11-23T12:00:00Z');
    expect(assessment.valid).toBe(false);
    expect(codes(assessment)).toEqual([
      'chain_incomplete',
      'chain_order_wrong',
      'bundle_expired_certificate',
      'bundle_expired_certificate',
    ]);
    const [incomplete] = assessment.findings;
    expect(incomplete!.message).toContain('This is an integration (Path to Live) certificate against the live bundle.');
    expect(incomplete!.remedy).toContain('NHS INT Authentication G2');
  });

  test('is told when its bundle holds only the first generation', () => {
    const assessment = judge(load('ca-bundle-int.pem').slice(2), '2026-11-23T12:00:00Z');
    expect(codes(assessment)).toContain('chain_incomplete');
    expect(assessment.findings[0]!.message).toContain('not the current one (G2)');
    expect(assessment.findings[0]!.remedy).toContain('Add NHS PTL Root Authority G2 and NHS INT Authentication G2');
  });

  test.each([
    ['2024-08-09T12:44:07Z', false, ['certificate_not_yet_valid']],
    ['2024-08-09T12:44:08Z', true, []],
    ['2024-08-09T12:44:09Z', true, []],
    ['2027-08-09T13:14:07Z', true, ['certificate_expires_imminently']],
    ['2027-08-09T13:14:08Z', true, ['certificate_expires_imminently']],
    ['2027-08-09T13:14:09Z', false, ['certificate_expired']],
  ])('at %s: valid %s, %j (RFC 5280 §4.1.2.5, inclusive at both ends)', (at, valid, expected) => {
    const assessment = judge(load('ca-bundle-int-root-first.pem'), at);
    expect(assessment.valid).toBe(valid);
    expect(codes(assessment)).toEqual(expected);
  });

  test('is refused in production even with its own bundle, and accepted in integration', () => {
    const bundle = load('ca-bundle-int-root-first.pem');
    const production = judge(bundle, '2026-11-23T12:00:00Z', { pki: 'live' });
    expect(production.valid).toBe(false);
    expect(codes(production)).toEqual(['chain_untrusted']);
    expect(production.findings[0]!.message).toContain('trusts only the live roots');
    expect(judge(bundle, '2026-11-23T12:00:00Z', { pki: 'path-to-live' }).findings).toEqual([]);
  });
});

test('nhs-pki: every authority that the public bundles hold is recognised, with serial, name, role and key identifier', () => {
  const files = ['ca-bundle-int.pem', 'ca-bundle-dep.pem', 'ca-bundle-live.pem'];
  const certificates = files.flatMap(load).map(parsed);
  const facts = (each: Certificate) => ({
    commonName: each.subject.commonName?.raw(),
    serial: each.serial,
    fingerprintSha256: each.fingerprintSha256,
    keyIdentifier: each.subjectKeyIdentifier,
    role: each.selfIssued ? 'root' : 'intermediate',
  });
  for (const each of certificates) expect(recognise(each)).toMatchObject(facts(each));
  expect(new Set(certificates.map(recognise)).size).toBe(nhsAuthorities.length);
});

test('nhs-pki: what merely calls itself NHS is not recognised', async () => {
  const impostor = await ca({
    subject: [{ C: ['GB'] }, { O: ['nhs'] }, { OU: ['CA'] }, { CN: ['NHS INT Authentication G2'] }],
  });
  const client = await leaf({ issuer: impostor });
  expect(recognise(parsed(impostor))).toBeUndefined();
  expect(namedIssuer(parsed(client))).toBeUndefined();
});
