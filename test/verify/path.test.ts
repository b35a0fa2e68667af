import 'reflect-metadata';
import { Extension } from '@peculiar/x509';
import { describe, expect, test, vi } from 'vitest';
import { sequence, tlv } from '../../src/demo/der.ts';
import { allowance } from '../../src/limits/index.ts';
import { findPath } from '../../src/verify/path.ts';
import { policyFailures } from '../../src/verify/rules/policies.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { firstToExpire } from '../../src/x509/certificate.ts';
import { isSignedBy } from '../../src/x509/signature.ts';
import { parsed } from '../support/credential/deployed.ts';
import { certificatePolicies, policyConstraints } from '../support/extensions.ts';
import { ca, copies, date, keysFor, leaf, type Made, oids } from '../support/pki.ts';
import { ringOfAuthorities } from '../support/verify/ring.ts';

/** Verifying a signature is the dear part of the search, so the work is counted in these. */
vi.mock('../../src/x509/signature.ts', { spy: true });
const verified = vi.mocked(isSignedBy);

type Wrap = (value: Buffer<ArrayBuffer>) => Buffer<ArrayBuffer>;
const now = date('2026-11-23T12:00:00Z');
const root = await ca({ cn: 'Root' });
const sub = await ca({ cn: 'Sub', issuer: root, notBefore: date('2025-01-01'), notAfter: date('2030-01-01') });
const client = await leaf({ issuer: sub });
const find = (bundle: readonly Made[], at = now, of: Made = client) => findPath(parsed(of), bundle.map(parsed), at);
const names = (path: readonly Certificate[]) => path.map(({ subject }) => subject.commonName?.raw());
const reasons = (verdict: ReturnType<typeof find>) => verdict.failures.map(({ message }) => message);

test('path: leads from the client to the root, whatever the order of the bundle', () => {
  for (const bundle of [
    [root, sub],
    [sub, root],
  ])
    expect(find(bundle)).toMatchObject({ holds: true, complete: true, path: [client, sub, root].map(parsed) });
});

test.each([
  ['2024-12-31T23:59:59Z', ['ca_not_yet_valid']],
  ['2025-01-01T00:00:00Z', []],
  ['2025-01-01T00:00:01Z', []],
  ['2029-12-31T23:59:59Z', []],
  ['2030-01-01T00:00:00Z', []],
  ['2030-01-01T00:00:01Z', ['ca_expired']],
])('path: a CA valid from 2025 to 2030, judged at %s, gives %j (RFC 5280 §4.1.2.5)', (at, codes) => {
  const verdict = find([root, sub], date(at));
  expect(verdict.failures.map(({ code }) => code)).toEqual(codes);
  expect(verdict.holds).toBe(codes.length === 0);
});

describe('path: names what is missing', () => {
  test('the client’s issuer, with the key identifier to look for', async () => {
    const other = await ca({ cn: 'Sub', issuer: root });
    expect(reasons(find([root]))).toEqual([
      expect.stringMatching(
        /^The bundle does not contain “Sub” with key identifier ([0-9a-f]{4} ){9}[0-9a-f]{4}, which issued/,
      ),
    ]);
    expect(reasons(find([root, other]))[0]).toMatch(/it has another of that name, with .*, which is another key\.$/);
  });

  test('the root above the issuer', () => {
    expect(reasons(find([sub]))).toEqual(['The path ends at “Sub”: its issuer “Root” is not in the bundle.']);
    expect(names(find([sub]).path)).toEqual(['x26abc1.x26.api.mesh-client.nhs.uk', 'Sub']);
  });

  test('the root, when only another generation of it is there', async () => {
    const another = await ca({ cn: 'Root' });
    expect(reasons(find([sub, another]))).toEqual([
      'The path ends at “Sub”: the bundle has “Root”, but not with the key that issued it.',
    ]);
  });

  test('any CA at all, for a client that signed itself', async () => {
    const own = await leaf({});
    expect(reasons(find([root], now, own))[0]).toMatch(/is self-signed: no CA issued it\.$/);
  });
});

test('path: among several that fail, the one that reaches a root with the fewest faults is explained', async () => {
  const expired = await ca({ cn: 'Sub', issuer: root, keys: sub.keys, notAfter: date('2022-01-01') });
  const expiredAndNoCa = await ca({
    cn: 'Sub',
    issuer: root,
    keys: sub.keys,
    isCa: false,
    notAfter: date('2023-01-01'),
  });
  const stranded = await ca({ cn: 'Sub', issuer: await ca({ cn: 'Elsewhere' }), keys: sub.keys });
  for (const bundle of [
    [root, expired, expiredAndNoCa, stranded],
    [stranded, expiredAndNoCa, expired, root],
  ]) {
    const verdict = find(bundle);
    expect(verdict.failures.map(({ code }) => code)).toEqual(['ca_expired']);
    expect(verdict.path).toEqual([client, expired, root].map(parsed));
  }
});

test('path: tries every candidate, and takes the one that holds', async () => {
  const bad = await Promise.all([
    ca({ cn: 'Sub', issuer: root, keys: sub.keys, isCa: false, notAfter: date('2039-01-01') }),
    ca({ cn: 'Sub', issuer: root, keys: sub.keys, keyUsage: ['cRLSign'], notAfter: date('2039-01-01') }),
    ca({ cn: 'Sub', issuer: await ca({ cn: 'Elsewhere' }), keys: sub.keys, notAfter: date('2039-01-01') }),
  ]);
  expect(find([...bad, root, sub])).toMatchObject({ holds: true, path: [client, sub, root].map(parsed) });
});

test('path: of two that hold, the one that lasts longer is taken', async () => {
  const longer = await ca({ cn: 'Sub', issuer: root, keys: sub.keys, notAfter: date('2035-01-01') });
  expect(find([root, sub, longer]).path[1]).toBe(parsed(longer));
  expect(find([root, longer, sub]).path[1]).toBe(parsed(longer));
});

test('path: a longer way that lasts longer is taken before a root that ends sooner', async () => {
  const newRoot = await ca({ cn: 'New root' });
  const oldRoot = await ca({ cn: 'Root', keys: root.keys, notAfter: date('2027-01-01') });
  const cross = await ca({ cn: 'Root', keys: root.keys, issuer: newRoot });
  for (const bundle of [
    [oldRoot, cross, newRoot, sub],
    [cross, oldRoot, sub, newRoot],
  ])
    expect(find(bundle)).toMatchObject({ holds: true, path: [client, sub, cross, newRoot].map(parsed) });
});

test('path: a hundred certificates are followed, and the one after them is not, which is said', async () => {
  const chain = [await ca({ cn: 'Root' })];
  while (chain.length < 100) chain.push(await ca({ cn: `Sub ${chain.length}`, issuer: chain.at(-1)! }));
  expect(find(chain.slice(0, 99), now, await leaf({ issuer: chain[98]! })).holds).toBe(true);
  const tooLong = find(chain, now, await leaf({ issuer: chain[99]! }));
  expect(tooLong).toMatchObject({ holds: false, complete: false, failures: [{ code: 'chain_untrusted' }] });
  expect(reasons(tooLong)[0]).toContain('100th certificate');
});

test('path: its earliest notAfter is when the environment stops working', () => {
  expect(firstToExpire(find([root, sub]).path)?.notAfter).toEqual(date('2030-01-01'));
});

test('path: a signature that another key made is told with both names', async () => {
  const other = await ca({ cn: 'Sub', issuer: root, subjectKeyIdentifier: null, notAfter: date('2031-02-03') });
  const verdict = find([root, other], now, await leaf({ issuer: sub, authorityKeyIdentifier: null }));
  expect(reasons(verdict)).toEqual([
    'The key of “Sub” (valid to 2031-02-03 00:00:00 UTC) did not sign “x26abc1.x26.api.mesh-client.nhs.uk”.',
  ]);
});

describe('path: a hostile bundle costs bounded work', () => {
  const crowdSize = 1000;

  test('a thousand CAs of one name with other keys do not hide the one that signed', async () => {
    const plain = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };
    const real = await ca({ cn: 'Crowd', issuer: root, ...plain });
    const wrongKey = await keysFor('ec-p256', 'crowd');
    const crowd = copies(await ca({ cn: 'Crowd', issuer: root, keys: wrongKey, ...plain }), root.keys, crowdSize);
    const of = await leaf({ issuer: real, ...plain });
    const [parsedOf, bundle] = [parsed(of), [root, ...crowd, real].map(parsed)];
    verified.mockClear();
    expect(findPath(parsedOf, bundle, now).holds).toBe(true);
    expect(verified.mock.calls.length).toBeLessThanOrEqual(3_000);
  });

  test('keys that are slow to verify with are tried less often', async () => {
    const plain = { cn: 'Crowd', issuer: root, subjectKeyIdentifier: null, authorityKeyIdentifier: null };
    const slow = await keysFor('ec-p521', 'slow');
    const crowd = copies(await ca({ ...plain, keys: slow }), root.keys, crowdSize);
    const of = parsed(
      await leaf({ issuer: { ...crowd[0]!, keys: await keysFor('ec-p256', 'x') }, authorityKeyIdentifier: null }),
    );
    const bundle = [root, ...crowd].map(parsed);
    verified.mockClear();
    const verdict = findPath(of, bundle, now);
    expect(verdict).toMatchObject({ holds: false, failures: [{ code: 'path_search_over_limit' }] });
    expect(reasons(verdict)[0]).toContain('3000 signatures');
    expect(verified.mock.calls.length).toBeLessThanOrEqual(150);
  });

  test('a thousand names against a thousand constraints end in a refusal', async () => {
    const many = (id: string, tag: number, wrap: Wrap, content: Wrap) =>
      new Extension(
        id,
        false,
        content(Buffer.concat(Array.from({ length: 1000 }, (_, i) => wrap(tlv(tag, Buffer.from(`n${i}`)))))),
      );
    const names = many('2.5.29.17', 0x82, (each) => each, sequence);
    const constraints = many('2.5.29.30', 0x82, sequence, (all) => sequence(tlv(0xa1, all)));
    const strict = await ca({ cn: 'Strict', extensions: [constraints] });
    const of = parsed(await leaf({ issuer: strict, extensions: [names] }));
    const verdict = findPath(of, [parsed(strict)], now);
    expect(verdict.failures.map(({ code }) => code)).toEqual(['chain_name_constraint_violated']);
  });

  test('a thousand disqualified certificates of a CA do not hide its sound one', async () => {
    const bend = { cn: 'Sub', issuer: root, keys: sub.keys, extendedKeyUsage: [oids.codeSigning] };
    const crowd = copies(await ca({ ...bend, notAfter: date('2039-01-01') }), root.keys, crowdSize);
    verified.mockClear();
    expect(find([root, ...crowd, sub])).toMatchObject({ holds: true, path: [client, sub, root].map(parsed) });
    expect(verified.mock.calls.length).toBeLessThanOrEqual(3_000);
  });

  test('more policies than may be processed end in a refusal', async () => {
    const policies = Array.from({ length: 1000 }, (_, index) => `1.3.6.1.4.1.99999.2.${index}`);
    const extensions = [certificatePolicies(policies), policyConstraints({ requireExplicitPolicy: 0 })];
    const strict = await ca({ cn: 'Policies', issuer: root, extensions });
    const path = [await leaf({ issuer: strict, extensions: extensions.slice(0, 1) }), strict, root].map(parsed);
    expect(policyFailures({ path, complete: true, work: allowance(10_000) })).toEqual([]);
    const [failure] = policyFailures({ path, complete: true, work: allowance(2_000) });
    expect(failure).toMatchObject({ code: 'chain_policy_invalid', message: expect.stringContaining('too many') });
  });

  test('a thousand CAs of ten names that all certify each other end in an explanation', async () => {
    const { certificates, authority } = await ringOfAuthorities();
    const of = parsed(await leaf({ issuer: authority(0) }));
    const bundle = certificates.map(parsed).filter((each) => !each.selfIssued);
    verified.mockClear();
    const verdict = findPath(of, bundle, now);
    expect(verified.mock.calls.length).toBeLessThanOrEqual(3_000);
    expect(verdict).toMatchObject({ holds: false, complete: false });
    expect(verdict.failures.map(({ code }) => code)).toContain('chain_untrusted');
    expect(verdict.path.length).toBeLessThanOrEqual(12);
  });
});
