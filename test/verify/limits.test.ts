/** The search for a path and the order of a bundle cost bounded work, counted by how often a certificate is asked for its issuer. */
import { beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../src/limits/index.ts';
import { judgeOrder } from '../../src/verify/order.ts';
import { findPath } from '../../src/verify/path.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { isSignedBy } from '../../src/x509/signature.ts';
import { parsed } from '../support/credential/deployed.ts';
import { ca, date, keysFor, leaf } from '../support/pki.ts';

/** As if every key had signed everything: signatures have a limit of their own, and these certificates differ in number only. */
vi.mock('../../src/x509/signature.ts', { spy: true });
beforeEach(() => void vi.mocked(isSignedBy).mockReturnValue(true));

const now = date('2026-11-23T12:00:00Z');
const keys = await keysFor('ec-p256', 'crowd');
const named = (cn: string) => ({ keys, subject: [{ CN: [cn] }] });
const models = await Promise.all(
  ['North', 'South'].map(async (cn, index) =>
    parsed(await ca({ cn, keys, issuer: named(index === 0 ? 'South' : 'North') })),
  ),
);
const client = parsed(await leaf({ issuer: named('North') }));
let asked = 0;

/** Two names, and as many keys as certificates: each of one name has signed each of the other. No root is among them. */
const crowd = (count: number): Certificate[] =>
  Array.from({ length: count }, (_, index) => {
    const model = models[index % 2]!;
    const { authorityKeyIdentifier: _1, subjectKeyIdentifier: _2, ...rest } = model;
    const number = index.toString(16).padStart(8, '0');
    const publicKey = { ...model.publicKey, spki: Buffer.concat([model.publicKey.spki, Buffer.from(number, 'hex')]) };
    const each = { ...rest, publicKey, fingerprintSha256: number.padStart(64, '0') };
    return Object.defineProperty(each, 'issuer', {
      get: () => {
        asked += 1;
        return model.issuer;
      },
    });
  });

test('2,919 certificates that sign each other are searched within the limit, and the finding says so', () => {
  const bundle = crowd(2_919);
  asked = 0;
  const { failures, holds } = findPath(client, bundle, now);
  expect(asked).toBeLessThanOrEqual(10 * limits.pathSteps);
  expect(holds).toBe(false);
  expect(failures).toMatchObject([
    { code: 'path_search_over_limit', message: expect.stringMatching(/3000 signatures and 100,000 comparisons/) },
  ]);
});

test('their order is judged within the limit', () => {
  const bundle = crowd(2_919);
  asked = 0;
  judgeOrder(bundle, 'root-first', client);
  expect(asked).toBeLessThanOrEqual(10 * limits.orderPairs);
});

test('as many as a bundle may have, of two names, and the one root above them are found', async () => {
  const root = parsed(await ca({ cn: 'North', keys }));
  vi.mocked(isSignedBy).mockImplementation((_, issuer) => issuer === root);
  expect(findPath(client, [...crowd(limits.bundleCertificates - 1), root], now)).toMatchObject({ holds: true });
});
