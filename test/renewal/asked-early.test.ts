/** What a person asks for before the renewal window opens, until it is sent. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SendResult } from '../../src/renewal/mail/mailer.ts';
import { resolveRenewal, retryNow } from '../../src/renewal/resolve.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (days: number) => new Date(now.getTime() + days * dayMs);

const early = subject('int', { renewal: { ...subject('int').environment.renewal, windowMs: dayMs } });
/** `renew` and `renewals resolve` beside the running service. */
const renew = async () => {
  const { fingerprintSha256 } = here.records()[0]!;
  const retry = { fingerprintSha256, asked: {}, stateDir: here.stateDir, keyIsGone: async () => false };
  await retryNow(here.store, early.environment, retry, later(1));
};
const notSent = async () => {
  resolveRenewal(here.store, early.environment, here.names, 'not-sent', later(1));
};

test.each<[string, Partial<SendResult>, () => Promise<void>]>([
  ['put off by the mail server', { outcome: 'failed', retry: true, reason: literal('451') }, async () => {}],
  ['refused, and asked for again', { outcome: 'failed', retry: false, reason: literal('550') }, renew],
  ['refused, and left to the service', { outcome: 'failed', retry: false, reason: literal('550') }, notSent],
  ['uncertain, and not sent', { outcome: 'uncertain', reason: literal('lost') }, notSent],
])('asked early: %s, it is sent by the service, once', async (_, answer, settle) => {
  here.answers.push(answer);
  await here.step({ ...early, asked: {} });
  await settle();
  expect((await here.step(early, later(2))).status.state).toBe('requested');
  expect((await here.step(early, later(3))).emailed).toEqual([]);
  expect(here.requests()).toHaveLength(2);
});
