import { beforeAll, describe, expect, test } from 'vitest';
import { orderBundle } from '../../src/bundle/order.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { ca, type Made } from '../support/pki.ts';

let [root, sub] = [] as unknown as [Made, Made];
beforeAll(async () => {
  root = await ca({ cn: 'Root' });
  sub = await ca({ cn: 'Sub', issuer: root, pathLength: 1 });
});

describe('the bundle to deploy', () => {
  const names = (bundle: readonly Certificate[]) => bundle.map(({ subject }) => subject.commonName?.raw());
  let all: Certificate[];
  beforeAll(async () => {
    const below = await ca({ cn: 'Below', issuer: sub });
    const other = await ca({ cn: 'Other root' });
    all = [below, sub, other, root, sub].map(({ der }) => parseCertificate(der));
  });

  test('stands root first, every certificate once, those of other chains kept', () => {
    expect(names(orderBundle(all, 'root-first'))).toEqual(['Other root', 'Root', 'Sub', 'Below']);
  });

  test('stands leaf first where that is configured', () => {
    expect(names(orderBundle(all, 'leaf-first'))).toEqual(['Below', 'Sub', 'Other root', 'Root']);
  });

  test('of CAs that certified each other comes to an end', async () => {
    const one = await ca({ cn: 'One' });
    const two = await ca({ cn: 'Two' });
    const crossed = await Promise.all([
      ca({ cn: 'One', keys: one.keys, issuer: two }),
      ca({ cn: 'Two', keys: two.keys, issuer: one }),
    ]);
    expect(
      orderBundle(
        crossed.map(({ der }) => parseCertificate(der)),
        'root-first',
      ),
    ).toHaveLength(2);
  });
});
