import { describe, expect, test } from 'vitest';
import { finding } from '../../src/findings/finding.ts';
import type { Rehearsal } from '../../src/rehearsal/index.ts';
import { rehearse } from '../../src/rehearsal/rehearsal.ts';
import { dayMs } from '../../src/time/duration.ts';
import { assess } from '../../src/verify/assess.ts';
import type { AssessmentPolicy } from '../../src/verify/types.ts';
import { MalformedCertificateError } from '../../src/x509/certificate.ts';
import { deployed, parsed } from '../support/credential/deployed.ts';
import { ca, createNhsLikePki, date, leaf, nhsLikePki } from '../support/pki.ts';

const policy: AssessmentPolicy = {
  chainOrder: 'root-first',
  thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
  odsCode: 'X26',
  mailboxId: 'X26ABC1',
};
const now = date('2026-11-23T12:00:00Z');
const root = await ca({ cn: 'Root' });
const sub = await ca({ cn: 'Sub', issuer: root });
const client = await leaf({ issuer: sub, notAfter: date('2028-01-01') });
const bundle = [root, sub];
const whole = deployed({ client, bundle });
const accepted: Rehearsal = { accepted: true, judgedAt: now };
const judge = (parts: Parameters<typeof deployed>[0], rehearsal?: Rehearsal, at = now) =>
  assess(deployed(parts), policy, rehearsal, at);
const codes = ({ findings }: { findings: readonly { code: string }[] }) => findings.map(({ code }) => code);

test('assess: the NHS-like standard is faultless, and every check passes', async () => {
  const pki = await nhsLikePki();
  const credential = deployed({ client: pki.client, bundle: [pki.root, pki.sub] });
  const assessment = assess(credential, policy, await rehearse(credential), new Date());
  expect(assessment).toMatchObject({ valid: true, findings: [], order: 'root-first' });
  expect(assessment.checks).toEqual({
    readable: true,
    key_match: true,
    chain_order: true,
    chain_valid: true,
    validity: true,
    naming: true,
    strength: true,
    rehearsal: true,
  });
  expect(assessment.certificates.map(({ role, onPath }) => [role, onPath])).toEqual([
    ['client', true],
    ['root', true],
    ['intermediate', true],
  ]);
  expect(assessment.path).toEqual([pki.client, pki.sub, pki.root].map((each) => parsed(each).fingerprintSha256));
  expect(assessment.expiresAt).toEqual(parsed(pki.client).notAfter);
});

describe('assess: any subset of the inputs', () => {
  test('nothing at all', () => {
    expect(judge({})).toMatchObject({
      valid: true,
      findings: [],
      checks: {},
      path: [],
      certificates: [],
      order: 'single',
    });
  });
  test('a bundle alone: its order', () => {
    const assessment = judge({ bundle: [sub, root] });
    expect(codes(assessment)).toEqual(['chain_order_wrong']);
    expect(assessment.checks).toEqual({ readable: true, chain_order: false });
    expect(assessment.expiresAt).toBeUndefined();
  });
  test('a certificate alone: no path is judged', () => {
    const assessment = judge({ client, key: null });
    expect(assessment).toMatchObject({ valid: true, findings: [], expiresAt: date('2028-01-01') });
    expect(assessment.checks).toEqual({ readable: true, validity: true, naming: true, strength: true });
  });
  test('a certificate alone is judged for what it says of itself', async () => {
    const weak = await leaf({ hash: 'SHA-1', keyUsage: ['keyEncipherment'] });
    expect(codes(judge({ client: weak, key: null }))).toEqual([
      'weak_signature_algorithm',
      'digital_signature_not_permitted',
    ]);
  });
  test('a key alone', () => {
    const assessment = judge({ key: client.keys });
    expect(assessment.checks).toEqual({ readable: true });
    expect(assessment.privateKey).toMatchObject({ publicKey: { algorithm: 'EC', bits: 256 }, encrypted: true });
    expect(judge({ client, key: null })).not.toHaveProperty('privateKey');
  });
  test('a certificate and a key that is not its own', () => {
    const assessment = judge({ client, key: root.keys });
    expect(codes(assessment)).toEqual(['key_mismatch']);
    expect(assessment.checks).toEqual({
      readable: true,
      key_match: false,
      validity: true,
      naming: true,
      strength: true,
    });
  });
});

describe('assess: a keystore', () => {
  test('its certificates stand in its tool’s order, which is not judged', () => {
    const [wrong] = judge({ client, bundle: [sub, root] }).findings;
    expect(wrong).toMatchObject({ code: 'chain_order_wrong' });
    const assessment = judge({ client, bundle: [sub, root], inKeystore: true }, accepted);
    expect(assessment).toMatchObject({ valid: true, findings: [], order: 'leaf-first' });
    expect(assessment.checks).not.toHaveProperty('chain_order');
    expect(assessment.checks).toMatchObject({ chain_valid: true });
  });
  test('a CA that keytool has put beside the chain of the key is not called a duplicate', () => {
    const twice = { client, bundle: [sub, root, root] };
    expect(codes(judge(twice))).toContain('bundle_duplicate_certificate');
    expect(codes(judge({ ...twice, inKeystore: true }))).not.toContain('bundle_duplicate_certificate');
  });
  test('without CA certificates asks for the bundle beside it', () => {
    const assessment = judge({ client, bundle: [], inKeystore: true });
    expect(assessment).toMatchObject({ valid: false, findings: [{ code: 'chain_incomplete' }] });
    expect(assessment.findings[0]?.message).toContain('The keystore does not contain a CA certificate');
    expect(assessment.findings[0]?.remedy).toContain('Set `ca_bundle` as well as the keystore');
  });
});

describe('assess: an input that is configured and could not be read', () => {
  test('the bundle: what needs it fails, and the finding that says why is not doubled', () => {
    const problems = [finding('ca_bundle_unreadable', 'no such file')];
    const assessment = judge({ client, problems, unreadable: ['caBundle'] });
    expect(codes(assessment)).toEqual(['ca_bundle_unreadable']);
    expect(assessment).toMatchObject({
      valid: false,
      expiresAt: date('2028-01-01'),
      checks: {
        readable: false,
        chain_valid: false,
        chain_order: false,
        rehearsal: false,
        validity: true,
        key_match: true,
      },
    });
  });
  test('the certificate', () => {
    const problems = [finding('certificate_malformed', 'not a certificate')];
    const assessment = judge({ bundle, key: client.keys, problems, unreadable: ['certificate'] });
    expect(codes(assessment)).toEqual(['certificate_malformed']);
    expect(assessment).toMatchObject({
      valid: false,
      checks: { readable: false, validity: false, chain_valid: false, key_match: false, chain_order: true },
    });
    expect(assessment.certificates.map(({ role }) => role)).toEqual(['root', 'intermediate']);
  });
  test('a bundle that holds nothing, and nobody said so, lacks the issuer', () => {
    expect(codes(judge({ client, bundle: [] }))).toEqual(['chain_incomplete']);
  });
  test('an issuer that stands in the client’s file instead of the bundle is pointed out', () => {
    const [incomplete] = judge({ client, bundle: [root], extra: [sub] }).findings;
    expect(incomplete).toMatchObject({ code: 'chain_incomplete', remedy: 'Copy “Sub” into the CA bundle.' });
    expect(incomplete!.message).toContain('It is in the client certificate’s file instead.');
  });
  test('one damaged block of the bundle: the path of the others is judged all the same', () => {
    const assessment = judge({ client, bundle, problems: [finding('ca_bundle_malformed', 'block 3')] }, accepted);
    expect(codes(assessment)).toEqual(['ca_bundle_malformed']);
    expect(assessment.checks).toMatchObject({ readable: false, chain_valid: true, rehearsal: true });
  });
});

test('assess: findings come worst first', () => {
  const problems = [finding('private_key_unencrypted', 'plain')];
  const found = judge(
    { client, bundle: [sub, root, sub], problems, key: root.keys },
    { ...accepted, accepted: false },
  ).findings;
  expect(found.map(({ severity }) => severity)).toEqual(['critical', 'warning', 'warning', 'info']);
});

test('assess: the environment stops working with the first certificate of the path', async () => {
  const short = await ca({ cn: 'Sub', issuer: root, keys: sub.keys, notAfter: date('2027-06-01') });
  const assessment = judge({ client, bundle: [root, short] }, accepted);
  expect(assessment.expiresAt).toEqual(date('2027-06-01'));
  expect(codes(assessment)).toEqual(['ca_expires_before_client']);
});

describe('assess: two verifiers', () => {
  const refused = (code: string, judgedAt = now): Rehearsal => ({ accepted: false, code, judgedAt });

  test('a refusal that we do not share is a finding, and the check fails', () => {
    const assessment = assess(whole, policy, refused('CERT_REJECTED'), now);
    expect(codes(assessment)).toEqual(['verifiers_disagree']);
    expect(assessment.findings[0]!.message).toContain('OpenSSL refuses it (CERT_REJECTED)');
    expect(assessment).toMatchObject({ valid: true, checks: { rehearsal: false } });
  });

  test('a credential that both refuse: no disagreement, and the rehearsal has not passed', async () => {
    const credential = deployed({ client, bundle: [root] });
    const assessment = assess(credential, policy, await rehearse(credential), now);
    expect(codes(assessment)).toEqual(['chain_incomplete']);
    expect(assessment).toMatchObject({ valid: false, checks: { rehearsal: false, chain_valid: false } });
  });

  test('OpenSSL judged at another time: an expiry in between is no disagreement', () => {
    const later = date('2028-06-01');
    expect(codes(assess(whole, policy, accepted, later))).toEqual(['certificate_expired']);
    expect(codes(assess(whole, policy, refused('CERT_HAS_EXPIRED', later), now))).toEqual([]);
    expect(codes(assess(whole, policy, accepted, date('2040-01-02')))).toEqual([
      'ca_expired',
      'ca_expired',
      'certificate_expired',
    ]);
  });

  test('OpenSSL judged at another time: what does not depend on time is still compared', () => {
    const later = date('2028-06-01');
    const assessment = assess(whole, policy, refused('INVALID_PURPOSE'), later);
    expect(codes(assessment)).toEqual(['certificate_expired', 'verifiers_disagree']);
  });

  test('no rehearsal although everything is there: the check has not passed', () => {
    const assessment = assess(whole, policy, undefined, now);
    expect(assessment.checks.rehearsal).toBe(false);
    expect(codes(assessment)).toEqual(['rehearsal_without_verdict']);
  });
});

describe('rehearsal', () => {
  test('needs certificate, key and bundle', async () => {
    expect(await rehearse(deployed({ client, key: null, bundle }))).toBeUndefined();
    expect(await rehearse(deployed({ client, bundle: [] }))).toBeUndefined();
    expect(await rehearse(deployed({ key: client.keys, bundle }))).toBeUndefined();
  });

  test('gives OpenSSL’s code, and the system’s time', async () => {
    const before = Date.now();
    const expired = await leaf({ issuer: sub, notAfter: date('2021-01-01') });
    const rehearsal = (await rehearse(deployed({ client: expired, bundle })))!;
    expect(rehearsal).toMatchObject({ accepted: false, code: 'CERT_HAS_EXPIRED' });
    expect(rehearsal.judgedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(rehearsal.judgedAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(await rehearse(deployed({ client, key: root.keys, bundle }))).toMatchObject({
      accepted: false,
      code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
    });
  });

  test('a hundred at a time do not mix up their verdicts', async () => {
    // Valid by the system's clock too, for OpenSSL looks at no other.
    const lasting = await leaf({ issuer: sub });
    const sound = deployed({ client: lasting, bundle });
    const lacking = deployed({ client: lasting, bundle: [root] });
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, index) => rehearse(index % 2 ? sound : lacking)),
    );
    expect(verdicts.map((each) => each!.accepted)).toEqual(verdicts.map((_, index) => index % 2 === 1));
  });
});

test('both verifiers: over a thousand damaged certificates, an invalid one is explained and a difference is said', async () => {
  const pki = await createNhsLikePki({ key: 'ec-p256' });
  const chain = [pki.client, pki.sub, pki.root];
  const at = new Date();
  let read = 0;
  for (let damage = 0; damage < 1200; damage += 1) {
    const index = damage % 3;
    const der = Buffer.from(chain[index]!.der);
    const octet = (damage * 7919) % der.length;
    der[octet] = der[octet]! ^ (1 << (damage % 8));
    const [one, two, three] = chain.map((each, place) => (place === index ? { ...each, der } : each));
    try {
      const credential = deployed({ client: one!, key: pki.client.keys, bundle: [three!, two!] });
      const rehearsal = await rehearse(credential);
      const { valid, findings } = assess(credential, policy, rehearsal, at);
      const disagree = findings.some(({ code }) => code === 'verifiers_disagree');
      expect({ damage, differ: rehearsal!.accepted !== valid }).toEqual({ damage, differ: disagree });
      expect(findings.some(({ severity }) => severity === 'critical')).toBe(!valid);
      read += 1;
    } catch (error) {
      if (!(error instanceof MalformedCertificateError)) throw error;
    }
  }
  expect(read).toBeGreaterThan(300);
}, 180_000);
