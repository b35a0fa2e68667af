import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedEnvironment } from '../../src/config/types.ts';
import { examine, stillHolds } from '../../src/examine/examine.ts';
import { checkOnce } from '../../src/monitor/once.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { createNhsLikePki, type NhsLikePki, type PkiFiles, writePki } from '../support/pki.ts';
import { daysFromSampleNow, sampleCertificate, sampleNow } from '../support/status.ts';

let pki: NhsLikePki;
let files: PkiFiles;
let environment: ResolvedEnvironment;
beforeAll(async () => {
  pki = await createNhsLikePki({ key: 'ec-p256' });
  files = await writePki(pki);
  environment = sampleEnvironment({
    credential: {
      kind: 'pem',
      certificate: { kind: 'file', path: files.certificate },
      privateKey: { kind: 'file', path: files.privateKey },
      passphrase: { kind: 'env', name: 'PASSPHRASE' },
      caBundle: { kind: 'file', path: files.caBundle },
    },
  });
});
afterAll(() => files.remove());
const env = () => ({ PASSPHRASE: files.passphrase });

describe('OpenSSL’s verdict', () => {
  const [begins, ends] = [daysFromSampleNow(-10), daysFromSampleNow(10)];
  const certificate = sampleCertificate({ notBefore: begins, notAfter: ends });
  const credential = { contentHash: 'one', certificate, extraCertificates: [], bundle: [] };
  const holds = (rehearsedAt: Date, now: Date, contentHash = 'one') =>
    stillHolds({ rehearsedAt, credential: { contentHash } }, credential, now);
  const second = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000);

  test('holds while content and validity are the same', () => {
    expect(holds(sampleNow, daysFromSampleNow(9))).toBe(true);
    expect(holds(sampleNow, sampleNow)).toBe(true);
  });

  test('falls with other content', () => {
    expect(holds(sampleNow, sampleNow, 'two')).toBe(false);
  });

  test('holds until one second before notAfter, and falls at it and after it', () => {
    expect([-1, 0, 1].map((seconds) => holds(sampleNow, second(ends, seconds)))).toEqual([true, false, false]);
  });

  test('falls when notBefore is reached', () => {
    const early = second(begins, -60);
    expect([-1, 0, 1].map((seconds) => holds(early, second(begins, seconds)))).toEqual([true, false, false]);
  });

  test('of after the end holds, and falls when the clock is set back over it', () => {
    const late = daysFromSampleNow(20);
    expect(holds(late, daysFromSampleNow(30))).toBe(true);
    expect(holds(late, sampleNow)).toBe(false);
  });

  test('falls for a boundary of a certificate in the bundle too', () => {
    const bundle = [sampleCertificate({ notAfter: daysFromSampleNow(5) })];
    const last = { rehearsedAt: sampleNow, credential };
    expect(stillHolds(last, { ...credential, bundle }, daysFromSampleNow(6))).toBe(false);
  });
});

describe('an examination', () => {
  test('of an unchanged credential keeps what was read and rehearsed, and judges at the new time', async () => {
    const now = new Date();
    const first = await examine(environment, undefined, env(), now);
    const later = new Date(now.getTime() + 60_000);
    const second = await examine(environment, first, env(), later);
    expect(second?.credential).toBe(first?.credential);
    expect(second?.rehearsal).toBe(first?.rehearsal);
    expect(second?.assessment.assessedAt).toEqual(later);
    expect(second?.assessment.valid).toBe(true);
  });

  test('of a changed bundle reads and rehearses again', async () => {
    const now = new Date();
    const first = await examine(environment, undefined, env(), now);
    await writeFile(files.caBundle, pki.sub.pem);
    const second = await examine(environment, first, env(), now);
    await writeFile(files.caBundle, pki.bundlePem);
    expect(second?.credential.bundle).toHaveLength(1);
    expect(second?.assessment.valid).toBe(false);
    expect(second?.rehearsal?.accepted).toBe(false);
  });

  test('sees a rotated passphrase', async () => {
    const first = await examine(environment, undefined, { PASSPHRASE: 'wrong' }, new Date());
    expect(first?.assessment.findings.map(({ code }) => code)).toContain('passphrase_wrong');
    const second = await examine(environment, first, env(), new Date());
    expect(second?.assessment.checks.readable).toBe(true);
  });

  test('without a credential is none', async () => {
    const { credential, ...sandbox } = environment;
    expect(await examine(sandbox, undefined, env(), new Date())).toBeUndefined();
  });
});

describe('checking once', () => {
  test('offline judges the files, makes no handshake and blames nobody for that', async () => {
    let connections = 0;
    const server = createServer(() => {
      connections += 1;
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const mesh = { ...environment.mesh, url: `https://127.0.0.1:${port}` };
    const now = new Date();
    const [status] = await checkOnce([{ ...environment, mesh }], { offline: true, env: env(), now: () => now });
    server.close();
    expect(connections).toBe(0);
    expect(status).toMatchObject({ status: 'ok', findings: [], assessment: { valid: true }, lastRunAt: now });
    expect(status?.handshake.last).toBeUndefined();
  });

  test('online makes one handshake each, and keeps the order of the configuration', async () => {
    const environments = ['c', 'a', 'b'].map((name) => ({ ...environment, name }));
    const statuses = await checkOnce(environments, { offline: false, env: env(), now: () => new Date() });
    expect(statuses.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    for (const { handshake, findings } of statuses) {
      expect(handshake).toMatchObject({ last: { reason: 'connection_refused' }, totals: { failure: 1 } });
      expect(findings.map(({ code }) => code)).toContain('handshake_failed');
    }
  });

  test('at another time judges at that time', async () => {
    const at = new Date(pki.root.notAfter.getTime());
    const [status] = await checkOnce([environment], { offline: true, env: env(), now: () => at });
    expect(status?.status).toBe('critical');
    expect(status?.findings.map(({ code }) => code)).toContain('certificate_expired');
  });

  test('with a file missing is a finding, not an error', async () => {
    await rm(files.certificate);
    const [status] = await checkOnce([environment], { offline: true, env: env(), now: () => new Date() });
    await writeFile(files.certificate, pki.client.pem);
    expect(status?.findings.map(({ code }) => code)).toContain('certificate_unreadable');
  });
});
