/** A clock that nobody has confirmed asks for nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClockWatch } from '../../src/renewal/clock.ts';
import type { SeenHandshake } from '../../src/renewal/decision.ts';
import { createRenewals, type Renewals } from '../../src/renewal/renewals.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/time/duration.ts';
import { sampleConfiguration } from '../support/configuration.ts';
import { crashNow } from '../support/renewal/due.ts';
import { type MailServer, startMailServer } from '../support/renewal/mail-server.ts';
import { codesOf, subject } from '../support/renewal/world.ts';

const start = new Date('2026-01-05T09:00:00Z');
const yearMs = 365 * dayMs;

/** A machine: real time passes, and its clock may be set. */
function machine(row?: ConstructorParameters<typeof ClockWatch>[0]) {
  let [now, monotonicMs] = [start, 0];
  const watch = new ClockWatch(row, now, monotonicMs);
  const made = {
    watch,
    now: () => now,
    /** Looked at every five minutes, as the service does. */
    pass(ms: number) {
      for (let left = ms; left > 0; left -= 5 * minuteMs) {
        const step = Math.min(left, 5 * minuteMs);
        now = new Date(now.getTime() + step);
        monotonicMs += step;
        watch.look(now, monotonicMs);
      }
      return made;
    },
    set(ms: number) {
      now = new Date(now.getTime() + ms);
      watch.look(now, monotonicMs);
      return made;
    },
    handshake(more: Partial<SeenHandshake> = {}, environment = 'int') {
      const usual = { startedAt: now, outcome: 'success', clockSkewSeconds: 0.2, serverVerified: true } as const;
      watch.hear(environment, { ...usual, ...more }, now);
      return made;
    },
  };
  return made;
}
const believed = { seenAt: new Date(start.getTime() - minuteMs) };
const confirmed = () => machine(believed);

describe('at the start', () => {
  test('clock: nobody has confirmed it, so it waits', () => {
    const { watch } = machine();
    expect(watch.doubt).toBe(
      'nothing has confirmed this machine’s clock yet; the request waits until a handshake shows that MESH’s clock agrees, or until the clock has run for another 24 hours without being set',
    );
    expect(watch.step).toBeUndefined();
  });

  test('clock: one handshake of any environment is enough', () => {
    expect(machine().pass(minuteMs).handshake().watch.doubt).toBeUndefined();
    expect(machine().handshake({ outcome: 'failure', clockSkewSeconds: 3599 }).watch.doubt).toBeUndefined();
  });

  test.each<[string, Partial<SeenHandshake>]>([
    ['without MESH’s time', { clockSkewSeconds: undefined as never }],
    ['with a server that is not verified', { serverVerified: false }],
    ['of before the start', { startedAt: new Date(start.getTime() - secondMs) }],
    ['of the future', { startedAt: new Date(start.getTime() + hourMs) }],
  ])('clock: a handshake %s is not', (_, handshake) => {
    expect(machine().handshake(handshake).watch.doubt).toMatch(/^nothing has confirmed/);
  });

  test('clock: where no handshake is made, a day of running on has to do', () => {
    const here = machine().pass(dayMs - 5 * minuteMs);
    expect(here.watch.doubt).toMatch(/for another 5 minutes without being set$/);
    expect(here.pass(5 * minuteMs).watch.doubt).toBeUndefined();
  });

  test('clock: it goes on from where an earlier process has left it', () => {
    expect(confirmed().watch.doubt).toBeUndefined();
    expect(machine({ seenAt: new Date(start.getTime() - dayMs) }).watch.doubt).toBeUndefined();
    // A service that is restarted every six hours and makes no handshakes is believed after a day all the same.
    let row = machine().watch.row;
    for (let restart = 0; restart < 4; restart += 1)
      row = machine({ ...row, seenAt: start }).pass(6 * hourMs).watch.row;
    expect(row.runOnMs).toBeUndefined();
  });

  test('clock: a year ahead of where an earlier process has left it is not believed, and neither is an hour back', () => {
    expect(machine({ seenAt: new Date(start.getTime() - yearMs) }).watch.doubt).toMatch(/^nothing has confirmed/);
    expect(machine({ seenAt: new Date(start.getTime() - dayMs - 1) }).watch.doubt).toBeDefined();
    const back = machine({ seenAt: new Date(start.getTime() + 2 * hourMs) }).watch;
    expect(back.step).toBe('this machine’s clock was set back by 2 hours');
    expect(machine({ seenAt: new Date(start.getTime() + hourMs) }).watch.doubt).toBeUndefined();
  });
});

describe('when it is set', () => {
  test('clock: by an hour it is believed, by a second more it is not', () => {
    for (const ms of [hourMs, -hourMs]) expect(confirmed().set(ms).watch.doubt).toBeUndefined();
    expect(confirmed().set(hourMs + secondMs).watch.step).toBe('this machine’s clock was set forward by 1 hour');
    expect(confirmed().set(-hourMs - secondMs).watch.step).toBe('this machine’s clock was set back by 1 hour');
  });

  test('clock: a year forward stays in doubt, whatever handshakes of before it said', () => {
    const here = confirmed().pass(hourMs);
    const startedAt = here.now();
    here.set(yearMs).handshake({ startedAt }).handshake({ startedAt }, 'another environment');
    expect(here.watch.step).toBe('this machine’s clock was set forward by 365 days');
    expect(here.watch.doubt).toMatch(/^this machine’s clock was set forward by 365 days; the request waits until/);
  });

  test('clock: MESH’s clock settles it, one way or the other', () => {
    expect(confirmed().set(yearMs).pass(minuteMs).handshake().watch).toMatchObject({
      doubt: undefined,
      step: undefined,
    });
    const wrong = confirmed()
      .set(yearMs)
      .pass(minuteMs)
      .handshake({ clockSkewSeconds: yearMs / secondMs });
    expect(wrong.watch.doubt).toBe(
      'this machine’s clock is 365 days ahead of MESH’s; the request waits until a handshake shows that MESH’s clock agrees',
    );
    // However long it runs on: MESH has said no.
    expect(wrong.pass(3 * dayMs).watch.doubt).toMatch(/^this machine’s clock is 365 days ahead of MESH’s/);
    expect(wrong.set(-yearMs).pass(minuteMs).handshake().watch.doubt).toBeUndefined();
  });

  test('clock: a certificate of MESH’s that looks expired to it speaks against it too', () => {
    const expired = {
      outcome: 'failure',
      reason: 'server_certificate_expired',
      clockSkewSeconds: undefined as never,
    } as const;
    const here = confirmed()
      .set(yearMs)
      .pass(minuteMs)
      .handshake(expired)
      .pass(3 * dayMs);
    expect(here.watch.doubt).toMatch(/^MESH’s own certificate looks expired, as it would if this clock were ahead;/);
    // To a clock that is not in doubt it has simply expired.
    expect(confirmed().pass(minuteMs).handshake(expired).watch.doubt).toBeUndefined();
  });

  test('clock: one that MESH disagrees with is in doubt though nobody saw it being set', () => {
    const here = confirmed().pass(minuteMs).handshake({ clockSkewSeconds: -7200 });
    expect(here.watch.doubt).toMatch(/^this machine’s clock is 2 hours behind MESH’s;/);
    expect(here.watch.step).toBeUndefined();
  });

  test('clock: a day without a handshake does, and another step begins the day anew', () => {
    const here = confirmed()
      .set(yearMs)
      .pass(23 * hourMs)
      .set(2 * hourMs)
      .pass(23 * hourMs);
    expect(here.watch.doubt).toMatch(/for another 1 hour without being set$/);
    expect(here.pass(hourMs).watch.doubt).toBeUndefined();
  });
});

describe('a service', () => {
  let stateDir: string;
  let mail: MailServer;
  let renewals: Renewals | undefined;
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'renewal-clock-'));
    mail = await startMailServer();
  });
  const end = async () => {
    await renewals?.close();
    renewals = undefined;
  };
  afterEach(async () => {
    await end();
    await mail.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  /** Its certificate ends twenty days after `crashNow`. */
  const input = subject('int');
  let monotonicMs = 0;
  const begin = (now: Date) => {
    const smtp = { host: '127.0.0.1', port: mail.port, tls: 'none' } as const;
    const email = { from: 'mesh-certificates@example.org', smtp };
    const configuration = sampleConfiguration([input.environment], { stateDir, email });
    renewals = createRenewals(configuration, {}, { info: () => {}, warn: () => {} }, now, () => monotonicMs);
    return renewals;
  };
  const agrees = (startedAt: Date) => ({
    handshake: { startedAt, outcome: 'success', clockSkewSeconds: 0, serverVerified: true } as const,
  });
  const yearBefore = (ms = 0) => new Date(crashNow.getTime() - yearMs + ms);

  test('clock: one step forward of a year sends nothing, and says so', async () => {
    const service = begin(yearBefore());
    expect((await service.step({ ...input, ...agrees(yearBefore()) }, yearBefore())).status.state).toBe('not_due');
    // The clock says what it will say in a year, and 5 minutes have gone by.
    monotonicMs += 5 * minuteMs;
    const ahead = new Date(crashNow.getTime() + 5 * minuteMs);
    const step = await service.step({ ...input, ...agrees(yearBefore()) }, ahead);
    expect([step.status.state, mail.received.length]).toEqual(['due', 0]);
    expect(codesOf(step)).toEqual(['clock_stepped', 'renewal_due']);
    expect(service.clockDoubt(ahead)).toContain('set forward by 365 days');
    expect(step.status.reason).toMatch(/Nothing is sent yet: this machine’s clock was set forward by 365 days; /);
    // Put right, nothing is left of it.
    monotonicMs += 5 * minuteMs;
    const right = yearBefore(10 * minuteMs);
    const after = await service.step({ ...input, ...agrees(right) }, right);
    expect([after.status.state, codesOf(after), mail.received.length]).toEqual(['not_due', [], 0]);
    expect(service.clockDoubt(right)).toBeUndefined();
  });

  test('clock: the first request of a process waits for MESH’s clock, and goes when that agrees', async () => {
    const service = begin(crashNow);
    const step = await service.step(input, crashNow);
    expect([step.status.state, codesOf(step), mail.received.length]).toEqual(['due', ['renewal_due'], 0]);
    monotonicMs += minuteMs;
    const then = new Date(crashNow.getTime() + minuteMs);
    expect((await service.step({ ...input, ...agrees(then) }, then)).status.state).toBe('requested');
    expect(mail.received).toHaveLength(1);
  });

  test('clock: a process that is started anew goes on where the last one was', async () => {
    await begin(yearBefore()).step({ ...input, ...agrees(yearBefore()) }, yearBefore());
    await end();
    // Started with the clock a year ahead, it asks for nothing.
    expect((await begin(crashNow).step(input, crashNow)).status.state).toBe('due');
    await end();
    expect(mail.received).toHaveLength(0);
    // Confirmed by MESH once, the next process has nothing to wait for.
    await begin(crashNow).step({ ...input, ...agrees(crashNow) }, crashNow);
    await end();
    const soon = new Date(crashNow.getTime() + hourMs);
    const another = subject('another', { certificate: 'another certificate' });
    expect((await begin(soon).step(another, soon)).status.state).toBe('requested');
    expect(mail.received).toHaveLength(2);
  });

  test('clock: a person who asks is heard, whatever the clock says', async () => {
    const step = await begin(yearBefore()).step({ ...input, asked: {} }, yearBefore());
    expect([step.status.state, mail.received.length]).toEqual(['requested', 1]);
  });

  test('clock: a reminder that only a step makes due is not sent either', async () => {
    const service = begin(crashNow);
    await service.step({ ...input, ...agrees(crashNow) }, crashNow);
    monotonicMs += minuteMs;
    const ahead = new Date(crashNow.getTime() + 15 * dayMs);
    expect((await service.step({ ...input, ...agrees(crashNow) }, ahead)).emailed).toEqual([]);
    const then = new Date(ahead.getTime() + minuteMs);
    monotonicMs += minuteMs;
    expect((await service.step({ ...input, ...agrees(then) }, then)).emailed).toEqual(['sent']);
  });
});
