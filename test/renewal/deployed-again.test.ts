/** A certificate that another one replaced, for a moment or for good, and that is deployed again. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveRenewal, retryNow } from '../../src/renewal/resolve.ts';
import type { RenewalInput } from '../../src/renewal/step.ts';
import { dayMs, minuteMs } from '../../src/time/duration.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { certificateFacts } from '../support/renewal/samples.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (minutes: number) => new Date(now.getTime() + minutes * minuteMs);
const states = () => here.records().map(({ state }) => state);

const inWindow = subject('int');
const early = subject('int', { renewal: { ...inWindow.environment.renewal, windowMs: dayMs } });
const deployed = (input: RenewalInput, certificate: Certificate, valid = true): RenewalInput => ({
  ...input,
  assessment: { ...input.assessment!, valid, certificates: [{ role: 'client', onPath: true, certificate }] },
});
const other = certificateFacts({ fingerprintSha256: 'ee'.repeat(32), notAfter: later(3 * 365 * 24 * 60) });
const accepted = (at: Date) => ({ handshake: { startedAt: at, outcome: 'success' as const } });

/** As `renew` does it. */
const renew = (at: Date) =>
  retryNow(
    here.store,
    inWindow.environment,
    {
      fingerprintSha256: inWindow.assessment!.certificates[0]!.certificate.fingerprintSha256,
      asked: {},
      stateDir: here.stateDir,
      keyIsGone: async () => false,
    },
    at,
  );

/** Requested, then replaced, and MESH accepts what replaced it. */
async function replacedBy(certificate: Certificate): Promise<void> {
  await here.step(inWindow);
  await here.step(deployed(inWindow, certificate), later(1));
  const closing = await here.step({ ...deployed(inWindow, certificate), ...accepted(later(2)) }, later(3));
  expect([closing.status.state, here.messages.at(-1)?.subject]).toEqual([
    'deployed',
    expect.stringContaining('MESH certificate renewed'),
  ]);
}

test.each([true, false])(
  'again: a file that was wrong for one check (valid: %s) keeps nothing from being asked',
  async (valid) => {
    await here.step(early);
    await here.step(deployed(early, other, valid), later(1));
    const back = await here.step(early, later(2));
    expect([back.status.state, back.status.record?.closedAt, states()]).toEqual([
      'not_due',
      undefined,
      ['not_due', 'deployed'],
    ]);
    expect((await here.step(inWindow, later(3))).status.state).toBe('requested');
    expect((await here.step(inWindow, later(4))).emailed).toEqual([]);
    expect(here.requests()).toHaveLength(1);
  },
);

describe('a request that another certificate replaced', () => {
  test('again: waits for its answer, asks nobody, and its end is told', async () => {
    await replacedBy(other);
    await here.step(deployed(inWindow, other), later(4));
    const back = await here.step(inWindow, later(5));
    expect([back.status.state, back.emailed, here.requests().length]).toEqual(['requested', [], 1]);
    expect(await renew(later(6))).toMatchObject({ state: 'requested' });

    await here.step(deployed(inWindow, other), later(7));
    const closing = await here.step({ ...deployed(inWindow, other), ...accepted(later(8)) }, later(9));
    expect([closing.status.state, closing.emailed]).toEqual(['deployed', ['sent']]);
    const ids = here.messages.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('again: can be settled, though the other certificate has a record as well', async () => {
    here.answers.push({ outcome: 'uncertain' });
    await here.step(inWindow);
    await here.step(deployed(inWindow, other), later(1));
    await here.step({ ...deployed(inWindow, other), ...accepted(later(2)) }, later(3));
    await here.step(deployed(inWindow, other), later(4));
    expect((await here.step(inWindow, later(5))).status.state).toBe('uncertain');
    const settled = resolveRenewal(here.store, inWindow.environment, here.names, 'sent', later(6));
    expect(settled).toMatchObject({ record: { state: 'requested' } });
  });

  test('again: is made anew by hand if its key is gone', async () => {
    await replacedBy(other);
    rmSync(join(here.stateDir, here.records()[0]!.keyFile!));
    expect(await renew(later(4))).toMatchObject({ state: 'due' });
    expect((await here.step(inWindow, later(5))).status.state).toBe('requested');
    expect(here.requests()).toHaveLength(2);
  });

  test.each(['send', 'review'] as const)(
    'again: %s: another request is another message, and one that is tried again is not',
    async (mode) => {
      const input = subject('int', { renewal: { ...inWindow.environment.renewal, mode } });
      here.answers.push({ outcome: 'failed', retry: true });
      await here.step(input);
      await here.step(input, later(60));
      rmSync(join(here.stateDir, here.records()[0]!.keyFile!));
      await renew(later(61));
      await here.step(input, later(62));
      const [first, tried, another] = here.messages.map(({ messageId }) => messageId);
      expect(tried).toBe(first);
      expect(another).not.toBe(first);
      expect(here.messages).toHaveLength(3);
      const inside = here.messages.map(({ enclosed, messageId }) => enclosed?.message.messageId ?? messageId);
      expect(here.records()[0]?.messageId).toBe(inside[2]);
      expect(new Set(inside).size).toBe(2);
    },
  );
});

describe('a renewal that was finished', () => {
  /** Without `accept`: it is known by its key. */
  async function finished(): Promise<void> {
    const spki = Buffer.from('its key');
    const answer = { ...other, publicKey: { ...other.publicKey, spki } };
    await here.step(inWindow);
    here.store.note(here.records()[0]!, { spkiSha256: createHash('sha256').update(spki).digest('hex') });
    await here.step(deployed(inWindow, answer), later(1));
    await here.step({ ...deployed(inWindow, answer), ...accepted(later(2)) }, later(3));
    await here.step(deployed(inWindow, answer), later(4));
  }

  test('again: is left alone, until somebody asks for another certificate', async () => {
    await finished();
    for (const minute of [5, 6, 7]) {
      const step = await here.step(inWindow, later(minute));
      expect([step.status.state, step.emailed]).toEqual(['deployed', []]);
    }
    expect(await renew(later(8))).toMatchObject({ state: 'due' });
    for (const minute of [9, 10]) expect((await here.step(inWindow, later(minute))).status.state).toBe('requested');
    const [first, second, ...more] = here.requests();
    expect(more).toEqual([]);
    expect(second?.attachments[0]?.content).not.toEqual(first?.attachments[0]?.content);
    expect(await renew(later(11))).toMatchObject({ state: 'requested' });
  });

  test('again: what `accept` has accepted can be put in place again, and another one be asked for', async () => {
    await here.step(inWindow);
    const [record] = here.records();
    const issuedFingerprintSha256 = other.fingerprintSha256;
    const changes = { issuedFingerprintSha256 };
    here.store.transition(record!, { from: ['requested'], to: 'issued', at: later(1), reason: 'accepted', changes });
    const forward = async (minute: number) => {
      await here.step(deployed(inWindow, other), later(minute));
      await here.step({ ...deployed(inWindow, other), ...accepted(later(minute + 1)) }, later(minute + 2));
      expect(states()).toEqual(['deployed', 'not_due']);
    };
    await forward(2);
    for (const minute of [10, 11]) {
      const { emailed, status } = await here.step(inWindow, later(minute));
      expect([status.state, status.deployment !== undefined, emailed]).toEqual(['issued', true, []]);
    }
    await forward(12);
    await here.step(inWindow, later(20));
    expect(await renew(later(21))).toMatchObject({ state: 'due' });
    expect((await here.step(inWindow, later(22))).status.state).toBe('requested');
    expect(here.requests()).toHaveLength(2);
  });

  test('again: another environment does not start it anew', async () => {
    await finished();
    const elsewhere = { ...inWindow.environment, name: 'b' };
    const { fingerprintSha256 } = here.records()[0]!;
    const keyIsGone = async () => false;
    const retry = { fingerprintSha256, asked: {}, stateDir: here.stateDir, keyIsGone };
    expect(await retryNow(here.store, elsewhere, retry, later(5))).toMatchObject({ state: 'deployed' });
  });
});
