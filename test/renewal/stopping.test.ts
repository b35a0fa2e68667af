/** The service is told to stop while a mail server keeps it waiting, or another process keeps its database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import { recoverInterrupted } from '../../src/renewal/recover.ts';
import { createRenewals } from '../../src/renewal/renewals.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { minuteMs } from '../../src/time/duration.ts';
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
/** A key is made first, which takes its time on a busy machine. */
const slow = { timeout: 15_000, interval: 20 };
const later = (ms: number) => new Date(now.getTime() + ms);

let directory: string;
let server: ScriptedServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewal-stopping-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Stops it once the mail server is at that moment. @returns how long that took, and what is on the disk then. */
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
  // What the server has said by then is to have arrived.
  await sleep(50);
  const startedAt = performance.now();
  renewals.breakOff();
  const { status } = await step;
  await renewals.close();
  const tookMs = performance.now() - startedAt;
  const store = openStore(directory, { exclusive: true });
  const [record] = store.list();
  store.close();
  return { tookMs, status, record: record!, seen: server.seen };
}

describe('told to stop while the mail server hangs', () => {
  test.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const)(
    'stop: at %s, the request is due, for nothing was handed over',
    async (moment) => {
      const { tookMs, status, record, seen } = await stopAt(moment);
      expect([status.state, record.state, record.bodyBegunAt]).toEqual(['due', 'due', undefined]);
      expect(status.reason).not.toContain('failed');
      expect(record.transitions.at(-1)?.reason).toMatch(/^the message was not passed to .*: the service is stopping$/);
      expect(record).not.toHaveProperty('nextAttemptAt');
      expect(record).not.toHaveProperty('lastError');
      expect(seen).not.toContain('end');
      expect(tookMs).toBeLessThan(5_000);
    },
  );

  test('stop: once the whole message is handed over it is uncertain, and the answer is awaited for some seconds only', async () => {
    const { tookMs, record, seen } = await stopAt('end');
    expect([record.state, seen.includes('end')]).toEqual(['uncertain', true]);
    expect(record.lastError).toContain('had not answered when the service stopped');
    expect(tookMs).toBeGreaterThan(4_000);
    expect(tookMs).toBeLessThan(10_000);
  });

  test('stop: an answer that comes in those seconds counts', async () => {
    const mail = await startMailServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => setTimeout(() => done(null, 'queued'), 500));
      },
    });
    const here = world('int');
    const stopping = new AbortController();
    const smtp = { host: '127.0.0.1', port: mail.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'mesh-certificates@example.org', smtp }, here.stateDir, {});
    const step = here.step(subject('int'), now, { mailer, signal: stopping.signal });
    await expect.poll(() => here.records()[0]?.bodyBegunAt, slow).toBeDefined();
    await sleep(100);
    stopping.abort();
    expect((await step).status.state).toBe('requested');
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
  beforeEach(() => {
    here = world('int');
    here.store.waitBriefly();
    other = new DatabaseSync(join(here.stateDir, 'renewals.sqlite'));
  });
  afterEach(() => {
    other.close();
    here.close();
  });

  /** The longest time for which nothing else could go on. */
  function watchLoop() {
    let [last, longestMs] = [performance.now(), 0];
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    return () => {
      clearInterval(timer);
      return longestMs;
    };
  }

  test('lock: the step waits for it, and everything else goes on meanwhile', async () => {
    other.exec('BEGIN IMMEDIATE');
    const stop = watchLoop();
    const step = here.step(subject('int'));
    await sleep(1_500);
    expect(here.messages).toEqual([]);
    const longestMs = stop();
    other.exec('ROLLBACK');
    expect((await step).status.state).toBe('requested');
    expect(here.requests()).toHaveLength(1);
    // With the old patience this was five seconds.
    expect(longestMs).toBeLessThan(500);
  });

  test('lock: one that is never released is named, and nothing is sent', async () => {
    other.exec('BEGIN IMMEDIATE');
    const step = await here.step(subject('int'));
    other.exec('ROLLBACK');
    expect(step.findings[0]).toMatchObject({ code: 'renewal_email_failed' });
    expect(step.findings[0]?.message).toMatch(
      /another process has it locked: check what else uses this state directory/,
    );
    expect(here.messages).toEqual([]);
  }, 15_000);

  test('lock: taken while the mail server is called, the message waits for its record', async () => {
    const taken: string[] = [];
    const server = await startScriptedServer({}, { on: { RCPT: () => other.exec('BEGIN IMMEDIATE') } });
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'm@example.org', smtp }, here.stateDir, {});
    const { renewal, contact } = subject('int').environment;
    const input = subject('int', { contact, renewal: { ...renewal, mode: 'review' } });
    const step = here.step(input, now, { mailer });
    await expect.poll(() => server.seen, slow).toContain('DATA');
    await sleep(300);
    taken.push(...server.seen);
    other.exec('ROLLBACK');
    expect((await step).status.state).toBe('requested');
    await server.close();
    expect([taken.includes('end'), server.seen.includes('end')]).toEqual([false, true]);
  });
});
