/** A message to the contact, while the mail server is away. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveRenewal } from '../../src/renewal/resolve.ts';
import { literal } from '../../src/text/index.ts';
import { hourMs, minuteMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { certificateFacts } from '../support/renewal/samples.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (hours: number) => new Date(now.getTime() + hours * hourMs);

test('telling: the end of a renewal is told once the mail server is back, and the next renewal does not wait for it', async () => {
  const certificate = certificateFacts({ fingerprintSha256: 'ee'.repeat(32), notAfter: later(3 * 365 * 24) });
  const before = subject('int');
  const certificates = [{ role: 'client' as const, onPath: true, certificate }];
  const after = { ...before, assessment: { ...before.assessment!, certificates } };
  await here.step(before);
  await here.step(after, later(1));
  const accepted = { ...after, handshake: { startedAt: later(2), outcome: 'success' as const } };

  const away = Array.from({ length: 10 }, () => ({ outcome: 'failed', retry: true, reason: literal('451') }) as const);
  here.answers.push(...away);
  for (let hour = 2; here.answers.length > 0; hour += 1) {
    const step = await here.step(accepted, later(hour));
    if (hour > 2) expect(step.status.state).toBe('not_due');
  }
  expect(here.records().map(({ state, closedAt }) => [state, closedAt])).toEqual([
    ['deployed', undefined],
    ['not_due', undefined],
  ]);

  const told = await here.step(accepted, later(100));
  expect(told.emailed).toEqual(['sent']);
  expect(here.messages.at(-1)?.subject).toContain('MESH certificate renewed');
  expect((await here.step(accepted, later(200))).emailed).toEqual([]);
  expect(here.records()[0]).toMatchObject({ state: 'deployed', closedAt: later(100) });
});

test('telling: of tries that may have arrived there are three', async () => {
  here.answers.push(...Array.from({ length: 5 }, () => ({ outcome: 'uncertain', reason: literal('lost') }) as const));
  for (let hour = 0; hour < 10; hour += 1) await here.step(subject('int'), new Date(later(hour).getTime() + minuteMs));
  expect([here.requests().length, here.messages.length]).toEqual([1, 4]);
});

test('telling: whoever was reminded of the draft is reminded of the desk as well, once each', async () => {
  const input = subject('int', { renewal: { ...subject('int').environment.renewal, mode: 'review' } });
  const remindersUntil = async (days: readonly number[]) => {
    for (const day of days) await here.step(input, later(day * 24));
    return here.messages.filter(({ subject }) => subject.includes('No new MESH certificate yet'));
  };
  await here.step(input);
  expect(await remindersUntil([9, 10, 11])).toHaveLength(1);
  resolveRenewal(here.store, input.environment, here.names, 'sent', later(12 * 24));
  const reminders = await remindersUntil([13, 14, 21, 22, 30]);
  expect(reminders.map(({ text }) => text.includes('was sent to the desk'))).toEqual([false, true]);
  expect(new Set(reminders.map(({ messageId }) => messageId)).size).toBe(2);
  expect(here.records()[0]?.remindedAt).toEqual(later(21 * 24));
});
