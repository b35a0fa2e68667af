/** The state directory is removed or replaced under the running service: what it wrote then would be lost, so it sends nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { advanceRenewal } from '../../src/renewal/engine.ts';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import { recoverInterrupted } from '../../src/renewal/recover.ts';
import { openStore, StoreReplacedError } from '../../src/renewal/store/store.ts';
import { hourMs, minuteMs } from '../../src/time/duration.ts';
import { desk, environmentIn, crashNow as now, subjectNamed } from '../support/renewal/due.ts';
import { startMailServer, startScriptedServer } from '../support/renewal/mail-server.ts';
import { startRelay } from '../support/renewal/relay.ts';
import { codesOf, subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (ms: number) => new Date(now.getTime() + ms);
const aside = () => join(here.directory, 'aside');

const accidents: Record<string, () => void> = {
  removed: () => rmSync(here.stateDir, { recursive: true }),
  'moved away': () => renameSync(here.stateDir, aside()),
  'replaced by an empty one': () => {
    renameSync(here.stateDir, aside());
    mkdirSync(here.stateDir);
  },
  'replaced by a copy of itself': () => {
    renameSync(here.stateDir, aside());
    cpSync(aside(), here.stateDir, { recursive: true });
  },
  'replaced by a link to another': () => {
    renameSync(here.stateDir, aside());
    mkdirSync(join(here.directory, 'other'));
    symlinkSync('other', here.stateDir);
  },
  'used by another service meanwhile': () => {
    renameSync(here.stateDir, aside());
    openStore(here.stateDir, { exclusive: true }).close();
  },
  'rid of its database': () => rmSync(join(here.stateDir, 'renewals.sqlite')),
  'rid of the log beside its database': () => rmSync(join(here.stateDir, 'renewals.sqlite-wal')),
  'rid of its lock': () => rmSync(join(here.stateDir, 'lock.sqlite')),
};

describe.each(Object.entries(accidents))('the state directory, %s', (_, happen) => {
  test('state: nothing is sent, and that is critical', async () => {
    happen();
    for (let minute = 0; minute < 15; minute += 5) {
      const step = await here.step(subject('int'), later(minute * minuteMs));
      expect(step.findings[0]).toMatchObject({ code: 'state_replaced', severity: 'critical' });
      expect(step.findings[0]?.message).toMatch(
        /state was removed or replaced while the service is running, .*; nothing is sent$/,
      );
      expect(codesOf(step)).not.toContain('renewal_email_failed');
    }
    expect(here.messages).toEqual([]);
  });

  test('state: a request that was sent before is not forgotten while the service runs', async () => {
    await here.step(subject('int'));
    happen();
    const step = await here.step(subject('int'), later(hourMs));
    expect([step.status.state, step.status.requestedAt, codesOf(step)]).toEqual(['requested', now, ['state_replaced']]);
    expect(here.requests()).toHaveLength(1);
  });
});

test('state: put back as it was, everything goes on', async () => {
  accidents['moved away']?.();
  expect(codesOf(await here.step(subject('int')))).toContain('state_replaced');
  renameSync(aside(), here.stateDir);
  const step = await here.step(subject('int'), later(minuteMs));
  expect([step.status.state, codesOf(step), here.requests().length]).toEqual(['requested', [], 1]);
});

test('state: a service that nothing happens to finds its directory in place', () => {
  here.store.assertInPlace();
  // Another process reads and writes in it meanwhile.
  const other = openStore(here.stateDir, { exclusive: false });
  other.list();
  other.close();
  here.store.assertInPlace();
  rmSync(here.stateDir, { recursive: true });
  expect(() => here.store.assertInPlace()).toThrow(StoreReplacedError);
});

test.each(['EHLO', 'MAIL', 'RCPT', 'DATA'] as const)(
  'state: removed while the mail server is at %s, the message is not begun',
  async (moment) => {
    const server = await startScriptedServer(
      {},
      { on: { [moment]: () => rmSync(here.stateDir, { recursive: true }) } },
    );
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'mesh-certificates@example.org', smtp }, here.stateDir, {});
    const step = await here.step(subject('int'), now, { mailer });
    await server.close();
    expect(server.seen).toContain('DATA');
    expect(server.seen).not.toContain('end');
    expect(codesOf(step)).toContain('state_replaced');
  },
);

test('state: replaced at every command and reply of SMTP and put back afterwards, the desk gets one request or it is uncertain', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const mail = await startMailServer();
  const seen: string[] = [];
  for (let moment = 0, happened = true; happened; moment += 1) {
    const name = `replaced-${moment}`;
    happened = false;
    const one = world(name);
    let [passed, isOver] = [0, false];
    const relay = await startRelay(mail.port, () => {
      if (passed++ !== moment || isOver) return false;
      happened = true;
      renameSync(one.stateDir, `${one.stateDir}-aside`);
      mkdirSync(one.stateDir);
      return false;
    });
    const smtp = (port: number) => ({ host: '127.0.0.1', port, tls: 'none' }) as const;
    const mailerAt = (port: number) =>
      createMailer({ from: 'mesh-certificates@example.org', smtp: smtp(port) }, one.stateDir, {});
    const step = await one.step(subjectNamed(name, keyPem), now, { mailer: mailerAt(relay.port) });
    isOver = true;
    if (happened) expect(codesOf(step)).toContain('state_replaced');
    one.store.close();
    await relay.close();
    // What the remedy says: the directory is put back, and the service started again.
    if (happened) {
      rmSync(one.stateDir, { recursive: true });
      renameSync(`${one.stateDir}-aside`, one.stateDir);
    }
    const store = openStore(one.stateDir, { exclusive: true });
    recoverInterrupted(store, later(minuteMs));
    for (let hour = 1; hour < 24; hour += 8)
      await advanceRenewal(
        subjectNamed(name, keyPem),
        one.deps({ store, mailer: mailerAt(mail.port), unsaved: new Map() }),
        later(hour * hourMs),
      );
    const state = store.list()[0]?.state;
    const requests = mail.received.filter(({ to, bytes }) => to.includes(desk) && environmentIn(bytes) === name).length;
    expect(['requested', 'uncertain']).toContain(state);
    if (state === 'requested') expect([name, requests]).toEqual([name, 1]);
    else expect(requests).toBeLessThanOrEqual(1);
    seen.push(`${state} ${requests}`);
    store.close();
    rmSync(one.directory, { recursive: true, force: true });
  }
  await mail.close();
  expect(seen.length).toBeGreaterThan(30);
  expect(seen.at(-1)).toBe('requested 1');
}, 600_000);
