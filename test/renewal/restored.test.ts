/** A state directory that was put back from a backup. */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveRenewal } from '../../src/renewal/resolve.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { hourMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

let before: World;
let after: World;
beforeEach(() => {
  before = world('int');
  after = world('int');
});
afterEach(() => {
  before.close();
  after.close();
});
const later = (hours: number) => new Date(now.getTime() + hours * hourMs);
const input = subject('int');

/** Asked, and then only the record is of the time before. */
async function restored(): Promise<void> {
  await before.step(input);
  cpSync(join(before.stateDir, 'pending'), join(after.stateDir, 'pending'), { recursive: true });
}

test('restored: a request on the disk that the record does not know is uncertain, and the contact is told', async () => {
  await restored();
  const step = await after.step(input, later(1));
  expect([step.status.state, step.emailed, after.requests().length]).toEqual(['uncertain', ['sent'], 0]);
  expect(step.status.reason).toContain('restored from a backup');
  const [asked] = before.records();
  const { csrFile, keyFile, messageFile, messageId, spkiSha256 } = asked!;
  expect(after.records()).toMatchObject([{ csrFile, keyFile, messageFile, messageId, spkiSha256 }]);
  expect(after.messages[0]?.text).toContain(messageId);
});

test('restored: settled as not sent, the same request goes to the desk', async () => {
  await restored();
  await after.step(input, later(1));
  resolveRenewal(after.store, input.environment, after.names, 'not-sent', later(2));
  expect((await after.step(input, later(3))).status.state).toBe('requested');
  const [first, second] = [...before.requests(), ...after.requests()];
  expect(second?.messageId).toBe(first?.messageId);
  expect(second?.attachments[0]?.content).toEqual(first?.attachments[0]?.content);
});

test('restored: a key or a request alone, as a crash leaves it, is no request', async () => {
  await restored();
  rmSync(join(after.stateDir, before.records()[0]!.messageFile!));
  expect((await after.step(input, later(1))).status.state).toBe('requested');
});

test('restored: a copy of the database alone knows what the desk was asked', async () => {
  await before.step(input);
  const copy = join(before.directory, 'copy');
  mkdirSync(copy);
  cpSync(join(before.stateDir, 'renewals.sqlite'), join(copy, 'renewals.sqlite'));
  expect(readFileSync(join(copy, 'renewals.sqlite')).length).toBeGreaterThan(0);
  const store = openStore(copy, { exclusive: true });
  expect(store.list()).toMatchObject([{ state: 'requested' }]);
  store.close();
});
