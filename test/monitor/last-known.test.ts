import { describe, expect, test } from 'vitest';
import { type LastKnown, lastKnownAfter, nothingKnown } from '../../src/monitor/last-known.ts';
import { daysFromSampleNow, sampleAssessment, sampleChain } from '../support/status.ts';

const [client, root, intermediate] = sampleChain() as [
  LastKnown['certificates'][0],
  LastKnown['certificates'][0],
  LastKnown['certificates'][0],
];
const whole: LastKnown = { certificates: [client, root, intermediate], expiresAt: daysFromSampleNow(100) };
const other = sampleChain({ subjectText: 'CN=another', notAfter: daysFromSampleNow(900) })[0]!;

const readable = (certificates: LastKnown['certificates']) => sampleAssessment({ certificates });
const unreadable = (certificates: LastKnown['certificates'], expiresAt?: Date) => {
  const { expiresAt: _, ...assessment } = sampleAssessment({ certificates, failed: ['readable'] });
  return { ...assessment, ...(expiresAt ? { expiresAt } : {}) };
};

describe('a credential that could be read whole', () => {
  test('replaces everything that was known', () => {
    expect(lastKnownAfter(whole, readable([other]))).toEqual({
      certificates: [other],
      expiresAt: other.certificate.notAfter,
    });
  });

  test('without a client certificate has no expiry, and none is kept', () => {
    expect(lastKnownAfter(whole, readable([root]))).toEqual({ certificates: [root] });
  });
});

describe('a credential of which a part could not be read', () => {
  test('keeps everything when nothing could be read', () => {
    expect(lastKnownAfter(whole, unreadable([]))).toEqual(whole);
  });

  test('keeps the client certificate and the date when only that file is bad', () => {
    const after = lastKnownAfter(whole, unreadable([root, intermediate]));
    expect(after).toEqual({ certificates: [client, root, intermediate], expiresAt: whole.expiresAt });
  });

  test('keeps the authorities, and the earlier date that one of them gave, when only the bundle is bad', () => {
    const after = lastKnownAfter(whole, unreadable([client], client.certificate.notAfter));
    expect(after).toEqual({ certificates: [client, root, intermediate], expiresAt: whole.expiresAt });
  });

  test('takes the date of a client certificate that was replaced at the same time', () => {
    const after = lastKnownAfter(whole, unreadable([other], other.certificate.notAfter));
    expect(after).toEqual({ certificates: [other, root, intermediate], expiresAt: other.certificate.notAfter });
  });

  test('has each authority once', () => {
    const { certificates } = lastKnownAfter(whole, unreadable([client, root], client.certificate.notAfter));
    expect(certificates).toEqual([client, root, intermediate]);
  });

  test('knows nothing when nothing was known', () => {
    expect(lastKnownAfter(nothingKnown, unreadable([]))).toEqual({ certificates: [] });
  });
});
