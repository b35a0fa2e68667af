import { describe, expect, test } from 'vitest';
import { type Known, knownAfter, nothingKnown } from '../../src/monitor/known.ts';
import { daysFromSampleNow, sampleAssessment, sampleChain } from '../support/status.ts';

const [client, root, intermediate] = sampleChain() as [
  Known['certificates'][0],
  Known['certificates'][0],
  Known['certificates'][0],
];
const whole: Known = { certificates: [client, root, intermediate], expiresAt: daysFromSampleNow(100) };
const other = sampleChain({ subjectText: 'CN=another', notAfter: daysFromSampleNow(900) })[0]!;

const readable = (certificates: Known['certificates']) => sampleAssessment({ certificates });
const unreadable = (certificates: Known['certificates'], expiresAt?: Date) => {
  const { expiresAt: _, ...assessment } = sampleAssessment({ certificates, failed: ['readable'] });
  return { ...assessment, ...(expiresAt ? { expiresAt } : {}) };
};

describe('a credential that could be read whole', () => {
  test('replaces everything that was known', () => {
    expect(knownAfter(whole, readable([other]))).toEqual({
      certificates: [other],
      expiresAt: other.certificate.notAfter,
    });
  });

  test('without a client certificate has no expiry, and none is kept', () => {
    expect(knownAfter(whole, readable([root]))).toEqual({ certificates: [root] });
  });
});

describe('a credential of which a part could not be read', () => {
  test('keeps everything when nothing could be read', () => {
    expect(knownAfter(whole, unreadable([]))).toEqual(whole);
  });

  test('keeps the client certificate and the date when only that file is bad', () => {
    const after = knownAfter(whole, unreadable([root, intermediate]));
    expect(after).toEqual({ certificates: [client, root, intermediate], expiresAt: whole.expiresAt });
  });

  test('keeps the authorities, and the earlier date that one of them gave, when only the bundle is bad', () => {
    const after = knownAfter(whole, unreadable([client], client.certificate.notAfter));
    expect(after).toEqual({ certificates: [client, root, intermediate], expiresAt: whole.expiresAt });
  });

  test('takes the date of a client certificate that was replaced at the same time', () => {
    const after = knownAfter(whole, unreadable([other], other.certificate.notAfter));
    expect(after).toEqual({ certificates: [other, root, intermediate], expiresAt: other.certificate.notAfter });
  });

  test('has each authority once', () => {
    const { certificates } = knownAfter(whole, unreadable([client, root], client.certificate.notAfter));
    expect(certificates).toEqual([client, root, intermediate]);
  });

  test('knows nothing when nothing was known', () => {
    expect(knownAfter(nothingKnown, unreadable([]))).toEqual({ certificates: [] });
  });
});
