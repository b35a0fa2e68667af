/** The service is told to stop while a mail server keeps it waiting, or another process keeps its database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import { recoverInterrupted } from '../../src/renewal/recover.ts';
import { createRenewals } from '../../src/renewal/renewals.ts';
import { StoreBusyError } from '../../src/renewal/store/database.ts';
import { openStore, type RenewalStore } from '../../src/renewal/store/store.ts';
import { minuteMs, secondMs } from '../../src/time/duration.ts';
import { sampleConfiguration } from '../support/configuration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import {
  type Deviation,
  type Moment,
  type ScriptedServer,
  startMailServer,
  startScriptedServer,
} from '../support/renewal/mail-server.ts';
import { subject, type World, world } from '../support/renewal/world.ts';

const silence: Deviation = { hang: true };
/** How long an answer is awaited. */
const graceMs = 5 * secondMs;
const later = (ms: number) => new Date(now.getTime() + ms);

let directory: string;
let server: ScriptedServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewal-stopping-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** From here on the limits of the product's own begin and end when we say so. */
const stopTheClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

/** Stops it once the mail server is at that moment, which never says anything more. @returns what is on the disk then. */
async function stopAt(moment: Moment) {
  let reached = () => {};
  const there = new Promise<void>((resolve) => {
    reached = resolve;
  });
  server = await startScriptedServer({ [moment]: silence }, { on: { [moment]: reached } });
  const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
  const { environment } = subject('int');
  const configuration = sampleConfiguration([environment], {
    stateDir: directory,
    email: { from: 'mesh-certificates@example.org', smtp },
  });
  const renewals = createRenewals(configuration, {}, { info: () => {}, warn: () => {} }, now);
  const step = renewals.step({ ...subject('int'), asked: {} }, now);
  await there;
  if (moment === 'end') stopTheClock();
  renewals.breakOff();
  if (moment === 'end') vi.advanceTimersByTime(graceMs);
  const { status } = await step;
  await renewals.close();
  const store = openStore(directory, { exclusive: true });
  const [record] = store.list();
  store.close();
  return { status, record: record!, seen: server.seen };
}

describe('told to stop while the mail server hangs', () => {
  test.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const)(
    'stop: at %s, the request is due, for nothing was handed over',
    async (moment) => {
      const { status, record, seen } = await stopAt(moment);
      expect([status.state, record.state, record.bodyBegunAt]).toEqual(['due', 'due', undefined]);
      expect(status.reason).not.toContain('failed');
      expect(record.transitions.at(-1)?.reason).toMatch(/^the message was not passed to .*: the service is stopping$/);
      expect(record).not.toHaveProperty('nextAttemptAt');
      expect(record).not.toHaveProperty('lastError');
      expect(seen).not.toContain('end');
    },
  );

  test('stop: once the whole message is handed over it is uncertain, and the answer is awaited for five seconds only', async () => {
    const { record, seen } = await stopAt('end');
    expect([record.state, seen.includes('end')]).toEqual(['uncertain', true]);
    expect(record.lastError).toContain('had not answered when the service stopped');
  });

  test('stop: an answer that comes in those seconds counts', async () => {
    const { promise: received, resolve } = Promise.withResolvers<() => void>();
    const mail = await startMailServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => resolve(() => done(null, 'queued')));
      },
    });
    const here = world('int');
    const stopping = new AbortController();
    const smtp = { host: '127.0.0.1', port: mail.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'mesh-certificates@example.org', smtp }, here.stateDir, {});
    const step = here.step(subject('int'), now, { mailer, signal: stopping.signal });
    const answer = await received;
    stopTheClock();
    stopping.abort();
    vi.advanceTimersByTime(graceMs - 1);
    answer();
    expect((await step).status.state).toBe('requested');
    vi.useRealTimers();
    here.close();
    await mail.close();
  });

  test('stop: the next start sends it at once', async () => {
    await stopAt('RCPT');
    const here = openStore(directory, { exclusive: true });
    expect(recoverInterrupted(here, later(minuteMs))).toEqual([]);
    here.close();
    const mail = await startMailServer();
    const configuration = sampleConfiguration([subject('int').environment], {
      stateDir: directory,
      email: { from: 'm@example.org', smtp: { host: '127.0.0.1', port: mail.port, tls: 'none' } },
    });
    const renewals = createRenewals(configuration, {}, { info: () => {}, warn: () => {} }, later(minuteMs));
    const step = await renewals.step({ ...subject('int'), asked: {} }, later(minuteMs));
    await renewals.close();
    expect([step.status.state, mail.received.length]).toEqual(['requested', 1]);
    await mail.close();
  });

  test('stop: what is begun after it sends nothing', async () => {
    const here = world('int');
    const signal = AbortSignal.abort();
    expect((await here.step(subject('int'), now, { signal })).status.state).toBe('due');
    expect(here.messages).toEqual([]);
    here.close();
  });
});

describe('killed in between', () => {
  test('stop: a request is unsent until its message begins, and uncertain from then on', () => {
    const here = world();
    for (const [name, bodyBegunAt] of [
      ['unsent', undefined],
      ['begun', now],
    ] as const) {
      const key = { environment: name, fingerprintSha256: name };
      here.store.begin({ ...key, commonName: 'a', serial: '1', notAfter: now }, now, 'seen');
      const changes = bodyBegunAt ? { bodyBegunAt } : {};
      here.store.transition(key, { from: ['not_due'], to: 'sending', at: now, reason: 'killed here', changes });
    }
    expect(recoverInterrupted(here.store, later(minuteMs)).map(({ environment }) => environment)).toEqual(['begun']);
    expect(here.records().map(({ environment, state, lastError }) => [environment, state, lastError])).toEqual([
      ['unsent', 'due', undefined],
      ['begun', 'uncertain', expect.stringContaining('it is not known whether the request was sent')],
    ]);
    here.close();
  });
});

describe('a database that another process keeps locked', () => {
  let here: World;
  let other: DatabaseSync;
  let patience: string | undefined;
  beforeEach(() => {
    here = world('int');
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
    here.store.waitBriefly();
    [, patience] = /^PRAGMA busy_timeout = (\d+)$/.exec(exec.mock.lastCall?.[0] ?? '') ?? [];
    exec.mockRestore();
    other = new DatabaseSync(join(here.stateDir, 'renewals.sqlite'));
  });
  afterEach(() => {
    other.close();
    here.close();
  });

  /** @param happened - `locked` when it was, else what was done */
  function watched(happened: (what: keyof RenewalStore | 'locked') => void): RenewalStore {
    const watch = ([name, work]: [string, (...args: unknown[]) => unknown]) => [
      name,
      (...args: unknown[]) => {
        try {
          const result = work(...args);
          happened(name as keyof RenewalStore);
          return result;
        } catch (error) {
          if (error instanceof StoreBusyError) happened('locked');
          throw error;
        }
      },
    ];
    return Object.fromEntries(Object.entries(here.store).map((each) => watch(each as never)));
  }

  test('lock: the step waits for it, and everything else goes on meanwhile', async () => {
    stopTheClock();
    other.exec('BEGIN IMMEDIATE');
    let locked = 0;
    const store = watched((what) => {
      if (what === 'locked') locked += 1;
    });
    const step = here.step(subject('int'), now, { store });
    await expect.poll(() => locked).toBeGreaterThan(5);
    expect(here.messages).toEqual([]);
    other.exec('ROLLBACK');
    expect((await step).status.state).toBe('requested');
    expect(here.requests()).toHaveLength(1);
    // In milliseconds: meanwhile the whole process waits. It was five seconds.
    expect(Number(patience)).toBeLessThan(500);
  });

  test('lock: one that is never released is named, and nothing is sent', async () => {
    stopTheClock();
    other.exec('BEGIN IMMEDIATE');
    const store = watched((what) => {
      if (what === 'locked') vi.advanceTimersByTime(secondMs);
    });
    const step = await here.step(subject('int'), now, { store });
    other.exec('ROLLBACK');
    expect(step.findings[0]).toMatchObject({ code: 'renewal_email_failed' });
    expect(step.findings[0]?.message).toMatch(
      /another process has it locked: check what else uses this state directory/,
    );
    expect(here.messages).toEqual([]);
  });

  test('lock: taken while the mail server is called, the message waits for its record', async () => {
    const order: string[] = [];
    const server = await startScriptedServer(
      {},
      {
        on: {
          RCPT: () => {
            stopTheClock();
            other.exec('BEGIN IMMEDIATE');
          },
          end: () => order.push('end'),
        },
      },
    );
    const store = watched((what) => {
      if (what === 'locked' || (what === 'note' && order.includes('locked'))) order.push(what);
      if (order.length === 5) other.exec('ROLLBACK');
    });
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'm@example.org', smtp }, here.stateDir, {});
    const { renewal, contact } = subject('int').environment;
    const input = subject('int', { contact, renewal: { ...renewal, mode: 'review' } });
    const step = await here.step(input, now, { mailer, store });
    expect(step.status.state).toBe('requested');
    await server.close();
    expect(order).toEqual([...Array(5).fill('locked'), 'note', 'end']);
  });
});
