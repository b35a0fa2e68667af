import { expect, test, vi } from 'vitest';
import { opensslPath } from '../../src/verify/openssl-path.ts';
import { opensslTakesAsIssuer } from '../../src/x509/signature.ts';
import { parsed } from '../support/credential/deployed.ts';
import { ca, date, leaf, type Made } from '../support/pki.ts';
import { ringOfAuthorities } from '../support/verify/ring.ts';

/** Each question is asked of OpenSSL, so the work is counted in these. */
vi.mock('../../src/x509/signature.ts', { spy: true });
const asked = vi.mocked(opensslTakesAsIssuer);

const now = date('2026-11-23T12:00:00Z');
const plain = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };
const root = await ca({ cn: 'Root' });
const sub = await ca({ cn: 'Sub', issuer: root });
const client = await leaf({ issuer: sub });
const take = (bundle: readonly Made[], of: Made = client) => opensslPath(parsed(of), bundle.map(parsed), now);
const twin = (more: Parameters<typeof ca>[0] = {}) => ca({ cn: 'Sub', issuer: root, keys: sub.keys, ...more });

test('OpenSSL’s path: where each name is there once, there is no choice to tell of', () => {
  expect(take([root, sub])).toBeUndefined();
  expect(take([root, sub, sub])).toBeUndefined();
});

test('OpenSSL’s path: of two issuers the first in the bundle is taken, whatever else is wrong with it', async () => {
  const other = await twin({ isCa: false, notAfter: date('2041-01-01') });
  expect(take([root, other, sub])).toEqual([client, other, root].map(parsed));
  expect(take([root, sub, other])).toEqual([client, sub, root].map(parsed));
});

test('OpenSSL’s path: one that is valid now is taken before one that is not', async () => {
  const expired = await twin({ notAfter: date('2021-01-01') });
  expect(take([root, expired, sub])).toEqual([client, sub, root].map(parsed));
});

test('OpenSSL’s path: of those that have expired, the one that ended last is taken', async () => {
  const ended = [await twin({ notAfter: date('2021-01-01') }), await twin({ notAfter: date('2022-01-01') })] as const;
  expect(take([root, ...ended])).toEqual([client, ended[1], root].map(parsed));
});

test('OpenSSL’s path: one that may not sign certificates is taken like the others', async () => {
  const other = await twin({ keyUsage: ['cRLSign'] });
  expect(take([root, other, sub])).toEqual([client, other, root].map(parsed));
});

test('OpenSSL’s path: a key that did not sign is followed where no key identifier tells', async () => {
  const other = await ca({ cn: 'Sub', issuer: root, ...plain });
  const of = await leaf({ issuer: sub, ...plain });
  expect(take([root, other, sub], of)).toEqual([of, other, root].map(parsed));
});

test('OpenSSL’s path: CAs that certify each other end in a path of finite length', async () => {
  const two = await ca({ cn: 'Two', issuer: sub });
  const subByTwo = await twin({ issuer: two });
  const path = take([subByTwo, two, sub]);
  expect(path).toEqual([client, subByTwo, two, sub].map(parsed));
});

test('OpenSSL’s path: a thousand CAs of ten names that certify each other cost bounded work', async () => {
  const { certificates, authority } = await ringOfAuthorities();
  asked.mockClear();
  take(certificates, await leaf({ issuer: authority(0) }));
  expect(asked.mock.calls.length).toBeLessThanOrEqual(1_000);
});
