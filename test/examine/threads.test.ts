/** Examined in a thread or here, a credential is judged the same; and one that does not end harms nobody. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { CredentialContent, CredentialInputs, DeployedCredential } from '../../src/credential/index.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { benchInThreads, examineSources } from '../../src/examine/index.ts';
import { finding } from '../../src/findings/index.ts';
import { minuteMs } from '../../src/time/duration.ts';
import * as parse from '../../src/x509/parse.ts';
import { toPem } from '../../src/x509/pem.ts';
import { ca, createNhsLikePki, leaf } from '../support/pki.ts';

vi.mock('../../src/x509/parse.ts', { spy: true });

const bench = benchInThreads();
afterAll(() => bench.stop());

const policy = {
  chainOrder: 'root-first',
  thresholds: { warningMs: 45 * 86_400_000, criticalMs: 14 * 86_400_000 },
} as const;
const pki = await createNhsLikePki({ key: 'ec-p256' });
const stranger = await ca({ cn: 'Stranger \u202e' });

const given = (what: string, text: string | Buffer) =>
  ({ kind: 'given', what, bytes: Buffer.from(text as string) }) as const;
const alone = { certificate: given('certificate', (await leaf({ issuer: stranger })).pem) };
const whole = {
  certificate: given('certificate', pki.client.pem),
  privateKey: given('key', pki.client.encryptedKeyPem('correct horse')),
  passphrase: given('passphrase', 'correct horse'),
  caBundle: given('bundle', pki.bundlePem),
};

describe('the same is said', () => {
  test.each<[string, CredentialInputs]>([
    ['of a sound credential', whole],
    ['with a wrong passphrase', { ...whole, passphrase: given('passphrase', 'wrong') }],
    ['of another key', { ...whole, privateKey: given('key', stranger.keyPem) }],
    ['with a bundle of another CA', { ...whole, caBundle: given('bundle', stranger.pem) }],
    ['of nonsense', { certificate: given('certificate', 'x'), caBundle: given('bundle', Buffer.alloc(50, 0x30)) }],
    ['of too much', { ...whole, caBundle: given('bundle', pki.bundlePem.repeat(200)) }],
    ['of a certificate alone', alone],
  ])('%s', async (_, sources) => {
    const now = new Date();
    const there = await examineSources(sources, policy, {}, now, undefined, bench);
    const here = await examineSources(sources, policy, {}, now);
    expect(there.assessment).toEqual(here.assessment);
    expect(there.rehearsal).toEqual(here.rehearsal && { ...here.rehearsal, judgedAt: there.rehearsal?.judgedAt });
    expect(there.assessment.certificates.map(({ certificate }) => certificate)).toEqual(
      here.assessment.certificates.map(({ certificate }) => certificate),
    );
  });
});

test('the CAs of a bundle come from a thread once, whoever shares them', async () => {
  const examined = () => examineSources(whole, policy, {}, new Date(), undefined, bench);
  const first = await examined();
  vi.mocked(parse.knownCertificate).mockClear();
  const second = await examined();
  expect(vi.mocked(parse.knownCertificate).mock.calls.map(([{ fingerprintSha256 }]) => fingerprintSha256)).toEqual([
    second.credential.certificate?.fingerprintSha256,
  ]);
  expect(second.credential.bundle).toEqual(first.credential.bundle);
  const [before, after] = [first, second].map(({ credential }) => credential.bundle[0]);
  expect(after).toBe(before);
  expect(second.assessment.findings).toEqual(first.assessment.findings);
});

test('nothing is parsed in the main thread, and an unchanged credential gives no work to any', async () => {
  vi.mocked(parse.parseCertificate).mockClear();
  const judge = vi.spyOn(bench, 'judge');
  const interpret = vi.spyOn(bench, 'interpret');
  const now = new Date();
  const first = await examineSources(whole, policy, {}, now, undefined, bench);
  const next = await examineSources(whole, policy, {}, new Date(now.getTime() + minuteMs), first, bench);
  expect(next.credential).toBe(first.credential);
  expect([interpret, judge].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  expect(parse.parseCertificate).not.toHaveBeenCalled();
});

describe('a check that uses up its time', () => {
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  /** A second or more of key derivation, which is within the limits. */
  const slowKey = () => {
    const count = tlv(0x02, Buffer.from('1cfde0', 'hex'));
    const kdf = sequence(oid('2a864886f70d01050c'), sequence(tlv(0x04, Buffer.alloc(8)), count));
    const cipher = sequence(oid('60864801650304012a'), tlv(0x04, Buffer.alloc(16)));
    const scheme = sequence(oid('2a864886f70d01050d'), sequence(kdf, cipher));
    return toPem(sequence(scheme, tlv(0x04, Buffer.alloc(32))), 'ENCRYPTED PRIVATE KEY');
  };
  // Seconds, because there are two ways to write it in octets.
  const slow = { ...whole, privateKey: given('key', slowKey()), passphrase: given('passphrase', 'naïve') };

  test('is a critical finding that names the place, and others are examined meanwhile', async () => {
    const hasty = benchInThreads(300);
    try {
      const hostile = examineSources(slow, policy, {}, new Date(), undefined, hasty);
      const healthy = await examineSources(alone, policy, {}, new Date(), undefined, bench);
      expect(healthy.assessment.certificates).toHaveLength(1);
      expect(await hostile).toMatchObject({
        credential: { configured: { certificate: true, privateKey: true, caBundle: true }, bundle: [] },
        assessment: { valid: false, checks: { readable: false } },
      });
      expect((await hostile).assessment.findings[0]).toMatchObject({
        code: 'check_given_up',
        severity: 'critical',
        message: 'The check of certificate, key, bundle was given up: it did not end within 0.3 s.',
      });
    } finally {
      await hasty.stop();
    }
  });

  test('of what may contain a private key is no answer', async () => {
    expect(await bench.keyIn(Buffer.from(slowKey()))).toBe('private key');
    const hasty = benchInThreads(1);
    // Seconds of work: where our own loop is blocked, what is here by then would come before the end of the time.
    const mail = `From: a@example.org\r\nTo: b@example.org\r\n\r\n${'a line of an email\r\n'.repeat(500_000)}`;
    expect(await hasty.keyIn(Buffer.from(mail))).toBe('unknown');
    await hasty.stop();
  });

  test('is not made again until ten minutes later, or until a file changes', async () => {
    const now = new Date();
    const interpret = vi.fn(async (content: CredentialContent): Promise<DeployedCredential> => {
      const nothing = {
        configured: { certificate: true, privateKey: true, caBundle: true },
        extraCertificates: [],
        bundle: [],
      };
      return {
        ...nothing,
        problems: [finding('check_given_up', 'The check was given up.')],
        contentHash: content.contentHash,
      };
    });
    const failing = { ...bench, interpret };
    const later = (ms: number) => new Date(now.getTime() + ms);
    let last = await examineSources(slow, policy, {}, now, undefined, failing);
    last = await examineSources(slow, policy, {}, later(10 * minuteMs - 1), last, failing);
    expect(interpret).toHaveBeenCalledTimes(1);
    last = await examineSources(slow, policy, {}, later(10 * minuteMs), last, failing);
    expect(interpret).toHaveBeenCalledTimes(2);
    await examineSources(whole, policy, {}, later(10 * minuteMs + 1), last, failing);
    expect(interpret).toHaveBeenCalledTimes(3);
  });
});
