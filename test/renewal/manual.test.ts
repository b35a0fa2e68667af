/** `renewal.mode: manual`: nothing is requested until a person asks. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RenewalInput } from '../../src/renewal/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());

const { environment } = subject('int');
const inMode = (mode: 'review' | 'manual', windowMs = environment.renewal.windowMs): RenewalInput =>
  subject('int', { renewal: { ...environment.renewal, mode, windowMs } });
const notAfter = inMode('manual').assessment!.certificates[0]!.certificate.notAfter;
const afterExpiry = (days: number) => new Date(notAfter.getTime() + days * dayMs);

test('manual: an expired certificate is not requested, and no email goes out', async () => {
  for (const days of [-100, -1, 0, 1, 40]) {
    const { emailed, findings, status } = await here.step(inMode('manual'), afterExpiry(days));
    expect([emailed, findings, status.state, status.dueAt]).toEqual([[], [], 'not_due', undefined]);
    expect(status.reason).toMatch(/its renewal is not requested until you ask for it \(renewal\.mode is manual\)$/);
  }
  expect(here.messages).toEqual([]);
});

test('manual: a window that hardly opens is no substitute, because it is open after expiry', async () => {
  await here.step(inMode('review', 1000), afterExpiry(1));
  expect(here.messages).toHaveLength(1);
});

test('manual: what a person asks for is sent once, to the contact, and followed', async () => {
  await here.step({ ...inMode('manual'), asked: {} }, now);
  expect(here.messages).toHaveLength(1);
  const { status, findings } = await here.step(inMode('manual'), now);
  expect(here.messages[0]?.to.map(({ address }) => address)).toEqual([environment.contact.email]);
  expect([status.state, status.record?.delivery]).toEqual(['requested', 'drafted']);
  expect(findings.map(({ code }) => code)).toEqual(['renewal_due']);
  expect(here.messages).toHaveLength(1);
});

test('manual: what another environment with the same certificate does about it is said as it is there', async () => {
  here.names = new Set(['int', 'two']);
  here.answers.push({ outcome: 'failed', retry: true });
  await here.step(subject('two', { renewal: { ...environment.renewal, mode: 'review' } }), afterExpiry(-5));
  const { status } = await here.step(inMode('manual'), afterExpiry(-5));
  expect(status.reason).toMatch(
    /^two uses the same certificate, and one request covers both: it is left to that one; accepted$/,
  );
});

test('manual: chosen while a request was due and not yet sent, it takes that back', async () => {
  here.answers.push({ outcome: 'failed', retry: true });
  expect((await here.step(inMode('review'), afterExpiry(-5))).status.state).toBe('due');
  const { emailed, status } = await here.step(inMode('manual'), afterExpiry(-4));
  expect([emailed, status.state]).toEqual([[], 'not_due']);
});
