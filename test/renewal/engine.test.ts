import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RenewalPolicy } from '../../src/config/types.ts';
import { nextAttempt } from '../../src/renewal/backoff.ts';
import { viewRenewal } from '../../src/renewal/conclude.ts';
import { advanceRenewal } from '../../src/renewal/engine.ts';
import { createMailer, type Mailer, type SendResult } from '../../src/renewal/mail/mailer.ts';
import type { Message } from '../../src/renewal/mail/request-message.ts';
import { recoverInterrupted } from '../../src/renewal/recover.ts';
import { resolveRenewal, retryNow } from '../../src/renewal/resolve.ts';
import type { EngineDeps, RenewalInput } from '../../src/renewal/step.ts';
import { openStore, type RenewalStore, StoreError } from '../../src/renewal/store/store.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';
import { addWorkingDays } from '../../src/time/working-days.ts';
import { desk, environmentIn, crashNow as now, subjectNamed } from '../support/renewal/due.ts';
import { startMailServer, startScriptedServer } from '../support/renewal/mail-server.ts';

let stateDir: string;
let store: RenewalStore;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'renewal-engine-'));
  store = openStore(stateDir, { exclusive: true });
});
afterEach(() => {
  store.close();
  rmSync(stateDir, { recursive: true, force: true });
});

const sent: SendResult = { outcome: 'sent', retry: false, reason: literal('accepted'), refused: [] };

/** Records what it is given, and answers as told; `sent` when nothing is left to say. */
function answering(...answers: Partial<SendResult>[]): Mailer & { readonly messages: Message[] } {
  const messages: Message[] = [];
  return {
    messages,
    send: async (message, _now, handover) => {
      messages.push(message);
      const answer = { ...sent, ...answers.shift() };
      if (answer.outcome === 'sent' || answer.outcome === 'uncertain') await handover?.begins?.();
      return answer;
    },
  };
}

function deps(mailer: Mailer, more: Partial<EngineDeps> = {}): EngineDeps {
  return {
    store,
    mailer,
    from: 'mesh-certificates@example.org',
    stateDir,
    env: {},
    log: { info: () => {}, warn: () => {} },
    unsaved: new Map(),
    lastKnown: new Map(),
    unrecorded: new Map(),
    making: new Set(),
    deployed: new Map(),
    clock: { doubt: undefined, step: undefined },
    names: new Set(['integration', 'one', 'two']),
    configurationFile: '/etc/monitor.yaml',
    ...more,
  };
}

function subject(policy: Partial<RenewalPolicy> = {}, name = 'integration'): RenewalInput {
  const input = subjectNamed(name);
  return { ...input, environment: { ...input.environment, renewal: { ...input.environment.renewal, ...policy } } };
}

const resolve = (outcome: 'sent' | 'not-sent', at: Date) =>
  resolveRenewal(store, subject().environment, new Set(['integration']), outcome, at);
const later = (ms: number) => new Date(now.getTime() + ms);
const configured = () => ({ stateDir, names: new Set(['integration']), configurationFile: '/etc/monitor.yaml' });
const codesOf = (step: { findings: readonly { code: string }[] }) => step.findings.map(({ code }) => code);
const addressesOf = ({ to, cc }: Message) => [...to, ...cc].map(({ address }) => address);
const record = () => store.list()[0]!;

test('engine: a message to the contact is written with the diagnosis of the state that it is about', async () => {
  const states: string[] = [];
  const mailer = answering({ outcome: 'uncertain' });
  const diagnose: RenewalInput['diagnose'] = ({ status, findings }) => {
    states.push(`${status.state} ${findings.map(({ code }) => code)}`);
    return {
      cause: { code: 'chain_order_wrong' },
      headline: literal('Wrong order'),
      lastingAction: literal('Swap them.'),
    };
  };
  await advanceRenewal({ ...subject(), diagnose }, deps(mailer), now);
  expect(states).toEqual(['due renewal_due', 'uncertain renewal_email_failed']);
  const [request, notice] = mailer.messages;
  expect(request?.text).not.toContain('Swap them.');
  expect(notice?.text).toContain('comes first: Wrong order. Swap them.');
});

describe('sending', () => {
  test('engine: key, request and message are on the disk, and the state says sending, before the mail server is called', async () => {
    const seen: unknown[] = [];
    const mailer: Mailer = {
      send: async () => {
        const { state, keyFile, csrFile, messageFile } = record();
        const files = [keyFile, csrFile, messageFile].map((file) => existsSync(join(stateDir, file ?? 'none')));
        seen.push(state, ...files);
        return sent;
      },
    };
    const step = await advanceRenewal(subject(), deps(mailer), now);
    expect(seen).toEqual(['sending', true, true, true]);
    expect(step).toMatchObject({ status: { state: 'requested', requestedAt: now }, emailed: ['sent'], findings: [] });
    expect(step.status.reason).toBe(`the request was sent to ${desk}`);
    expect(step.status.answerDue).toEqual(addWorkingDays(now, 5));
  });

  test('engine: two steps at once send one request', async () => {
    const mailer = answering();
    const together = deps(mailer);
    const steps = await Promise.all([1, 2, 3].map(() => advanceRenewal(subject(), together, now)));
    expect(mailer.messages).toHaveLength(1);
    expect(steps.flatMap(({ emailed }) => emailed)).toEqual(['sent']);
  });

  test('engine: in review mode the desk gets nothing, and a person is asked to forward it', async () => {
    const mailer = answering();
    const step = await advanceRenewal(subject({ mode: 'review' }), deps(mailer), now);
    expect(mailer.messages.map(addressesOf)).toEqual([['ada.lovelace@example.org']]);
    expect([step.status.state, codesOf(step)]).toEqual(['requested', ['renewal_due']]);
    expect(step.status).not.toHaveProperty('answerDue');
    expect(step.status.reason).toBe(
      `the request was sent to ada.lovelace@example.org for review, and nobody has said yet that it was forwarded to ${desk}`,
    );
    expect(resolve('sent', later(hourMs))).toMatchObject({
      record: { state: 'requested', delivery: 'sent', requestedAt: later(hourMs) },
    });
    expect(codesOf(await advanceRenewal(subject({ mode: 'review' }), deps(mailer), later(2 * hourMs)))).toEqual([]);
    expect(mailer.messages).toHaveLength(1);
  });

  test('engine: in review mode the message that is kept is the one to the desk, as a draft to send', async () => {
    const mailer = answering();
    const kept = async (policy: Partial<RenewalPolicy>, more: Partial<EngineDeps> = {}) => {
      await advanceRenewal(subject(policy), deps(mailer, more), now);
      return simpleParser(readFileSync(join(stateDir, record().messageFile ?? 'none')));
    };
    const draft = await kept({ mode: 'review' });
    expect(draft.to).toMatchObject({ text: desk });
    expect(draft.headers.get('x-unsent')).toBe('1');
    expect(draft.headers.has('auto-submitted')).toBe(false);
    expect(draft.messageId).toBe(record().messageId);
    expect(draft.attachments.map(({ filename }) => filename)).toEqual([expect.stringMatching(/\.csr$/)]);
    // The contact gets the same message, enclosed in a letter.
    expect(mailer.messages).toMatchObject([{ automatic: true, enclosed: { message: { messageId: draft.messageId } } }]);
  });

  test.each([
    ['through a mail server is not a draft any more', { server: { host: 'smtp', port: 25, tls: 'none' } }, false],
    ['without a mail server is a draft to send', {}, true],
  ] as const)('engine: what is kept of a request to the desk %s', async (_, more, isUnsent) => {
    await advanceRenewal(subject(), deps(answering(), more as Partial<EngineDeps>), now);
    const kept = await simpleParser(readFileSync(join(stateDir, record().messageFile ?? 'none')));
    expect(kept.to).toMatchObject({ text: desk });
    expect(kept.headers.has('x-unsent')).toBe(isUnsent);
  });

  test('engine: a request that waits for the clock to be confirmed says so in the status', async () => {
    const doubt = 'nothing has confirmed this machine’s clock yet';
    const waiting = await advanceRenewal(subject(), deps(answering(), { clock: { doubt, step: undefined } }), now);
    expect(waiting.status).toMatchObject({ state: 'due', clockDoubt: doubt });
    const step = await advanceRenewal(subject(), deps(answering()), later(hourMs));
    expect(step.status).toMatchObject({ state: 'requested' });
    expect(step.status).not.toHaveProperty('clockDoubt');
  });

  test('engine: without a mail server the request lies in the outbox once', async () => {
    const outbox = deps(createMailer(undefined, stateDir, {}));
    const step = await advanceRenewal(subject(), outbox, now);
    expect(step).toMatchObject({ status: { state: 'requested' }, emailed: ['drafted'] });
    expect(codesOf(step)).toEqual(['renewal_due']);
    expect((await advanceRenewal(subject(), outbox, later(hourMs))).emailed).toEqual([]);
    const [file, ...others] = readdirSync(join(stateDir, 'outbox'));
    expect(others).toEqual([]);
    // For whom, and of which day: whoever looks into the folder knows what to send.
    expect(file).toMatch(/^integration-2026-11-24-request-[0-9a-f]{8}\.eml$/);
    expect(step.status.reason).toContain(join(stateDir, 'outbox', file ?? ''));
    expect(step.findings).toMatchObject([
      { code: 'renewal_due', message: expect.stringContaining('nobody has sent it yet') },
    ]);
  });

  test('engine: in review mode without a mail server, what goes to the desk is the attachment, not the message to the contact', async () => {
    const outbox = deps(createMailer(undefined, stateDir, {}));
    const step = await advanceRenewal(subject({ mode: 'review' }), outbox, now);
    const [file] = readdirSync(join(stateDir, 'outbox'));
    expect(step.status.reason).toBe(
      `the request was drafted and nobody has sent it yet: open ${join(stateDir, 'outbox', file ?? '')} and send the message that is attached to it to ${desk}`,
    );
  });

  test('engine: a recipient that was refused among several is named', async () => {
    const refused = [literal('two@example.org: 550 no such user')];
    const step = await advanceRenewal(subject(), deps(answering({ refused })), now);
    expect(step.status.state).toBe('requested');
    expect(step.findings.map(({ code, message }) => [code, message])).toEqual([
      ['renewal_email_failed', 'The mail server refused some recipients: two@example.org: 550 no such user'],
    ]);
  });
});

describe('when it cannot be sent', () => {
  test('engine: what may pass is tried again after a growing pause, with the same key and request', async () => {
    const mailer = answering({ outcome: 'failed', retry: true, reason: literal('421 too busy') });
    const first = await advanceRenewal(subject(), deps(mailer), now);
    expect([first.status.state, codesOf(first), first.emailed]).toEqual([
      'due',
      ['renewal_due', 'renewal_email_failed'],
      ['failed'],
    ]);
    const { nextAttemptAt, keyFile } = record();
    const key = readFileSync(join(stateDir, keyFile!));
    const early = await advanceRenewal(subject(), deps(mailer), new Date(nextAttemptAt!.getTime() - 1));
    expect([early.status.state, early.emailed]).toEqual(['due', []]);
    const second = await advanceRenewal(subject(), deps(mailer), nextAttemptAt!);
    expect([second.status.state, codesOf(second), record().attempts]).toEqual(['requested', [], 2]);
    expect(readFileSync(join(stateDir, keyFile!))).toEqual(key);
    const [before, after] = mailer.messages.map(({ messageId, attachments }) => [messageId, attachments[0]?.content]);
    expect(after).toEqual(before);
  });

  test('engine: a pause grows from five minutes to six hours, a quarter more or less', () => {
    const key = { environment: 'a', fingerprintSha256: 'b' };
    const pauses = Array.from(
      { length: 12 },
      (_, n) => (nextAttempt(key, n + 1, now).getTime() - now.getTime()) / minuteMs,
    );
    const expected = [5, 10, 20, 40, 80, 160, 320, 360, 360, 360, 360, 360];
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(expected[index]! * 0.75);
      expect(pause).toBeLessThanOrEqual(expected[index]! * 1.25);
    }
    expect(nextAttempt(key, 1, now)).toEqual(nextAttempt(key, 1, now));
    expect(nextAttempt({ ...key, environment: 'c' }, 1, now)).not.toEqual(nextAttempt(key, 1, now));
  });

  test('engine: 5xx from a real mail server stops it, and nothing is tried again by itself', async () => {
    const server = await startScriptedServer({ MAIL: { reply: '550 we do not know you' } });
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
    const mailer = createMailer({ from: 'mesh-certificates@example.org', smtp }, stateDir, {});
    const step = await advanceRenewal(subject(), deps(mailer), now);
    expect([step.status.state, codesOf(step)]).toEqual(['failed', ['renewal_email_failed']]);
    expect(step.findings[0]?.message).toContain('550 we do not know you');
    const calls = server.seen.length;
    expect((await advanceRenewal(subject(), deps(mailer), later(dayMs))).emailed).toEqual([]);
    expect(server.seen.length).toBe(calls);
    await server.close();
  });

  test.each([
    ['an empty passphrase', { passphrase: { kind: 'env', name: 'EMPTY' } }, /EMPTY|passphrase/],
    ['a passphrase that is not there', { passphrase: { kind: 'env', name: 'NOT_SET' } }, /NOT_SET/],
    ['a common name that the desk would turn down', { commonName: 'x26.thirdparty.nhs.uk' }, /packaged MESH client/],
    ['a conformance certificate that is not enclosed', { requiresConformanceCertificate: true }, /renewal\.enclose/],
    ['an enclosure that cannot be read', { enclose: [{ kind: 'file', path: '/nowhere/c.pdf' }] }, /\/nowhere\/c\.pdf/],
    ['a deployed key that cannot be reused', { key: 'reuse' }, /renewal\.key is reuse/],
  ] as const)('engine: %s stops it before the mail server, and is said', async (_, policy, reason) => {
    const mailer = answering();
    const world = deps(mailer, { env: { EMPTY: '' } });
    const step = await advanceRenewal(subject(policy), world, now);
    expect(mailer.messages).toEqual([]);
    expect([step.status.state, codesOf(step)]).toEqual(['due', ['renewal_due', 'renewal_email_failed']]);
    expect(step.findings[1]?.message).toMatch(reason);
    expect(record().transitions.map(({ state }) => state)).toEqual(['not_due', 'due']);
    // Once fixed, it is sent in the next cycle.
    expect((await advanceRenewal(subject(), world, later(minuteMs))).status.state).toBe('requested');
    expect(codesOf(await advanceRenewal(subject(), world, later(minuteMs)))).toEqual([]);
  });

  const server = { host: 'mail.example.org', port: 587, tls: 'starttls' } as const;
  const subjectsOf = ({ messages }: { readonly messages: readonly Message[] }) =>
    messages.map((each) => each.subject.replace(/:.*/, ''));
  const unsent = 'A MESH certificate request could not be sent';

  test('engine: the contact is told once of a request that cannot be made for a day', async () => {
    const mailer = answering();
    const world = deps(mailer, { server });
    const stuck = subject({ requiresConformanceCertificate: true });
    for (const ms of [0, minuteMs, dayMs - 1]) await advanceRenewal(stuck, world, later(ms));
    expect(subjectsOf(mailer)).toEqual([]);
    expect((await advanceRenewal(stuck, world, later(dayMs))).emailed).toEqual(['sent']);
    expect((await advanceRenewal(stuck, world, later(2 * dayMs))).emailed).toEqual([]);
    expect(subjectsOf(mailer)).toEqual([unsent]);
    expect(addressesOf(mailer.messages[0]!)).toEqual(['ada.lovelace@example.org']);
    expect(mailer.messages[0]?.text).toContain('add it to renewal.enclose');
    // Once fixed, it is sent, and nothing is said of it.
    expect((await advanceRenewal(subject(), world, later(3 * dayMs))).status.state).toBe('requested');
    expect(mailer.messages).toHaveLength(2);
  });

  test('engine: what was put right in the meantime is not told, nor what whoever asks can see, nor by way of an outbox', async () => {
    const mailer = answering();
    const stuck = subject({ requiresConformanceCertificate: true });
    await advanceRenewal(stuck, deps(mailer, { server }), now);
    await advanceRenewal(stuck, deps(mailer), later(dayMs));
    await advanceRenewal({ ...stuck, asked: {} }, deps(mailer, { server }), later(dayMs));
    expect(mailer.messages).toEqual([]);
    await advanceRenewal(subject(), deps(mailer, { server }), later(dayMs));
    expect(subjectsOf(mailer)).toEqual(['MESH certificate renewal request']);
  });

  test.each([
    ['message', ['MESH certificate renewal request', unsent]],
    ['recipients', ['MESH certificate renewal request', unsent]],
    ['sender', ['MESH certificate renewal request']],
    ['login', ['MESH certificate renewal request']],
  ] as const)('engine: a refusal of the %s is told if the server would take that', async (refusedThing, expected) => {
    const refusal = { outcome: 'failed', retry: false, reason: literal('550 no'), refusedThing } as const;
    const mailer = answering(refusal);
    const world = deps(mailer, { server });
    for (const ms of [0, minuteMs, dayMs]) await advanceRenewal(subject(), world, later(ms));
    expect(subjectsOf(mailer)).toEqual(expected);
  });

  test('engine: a mailer with a bug leaves the request uncertain, not sent again', async () => {
    let calls = 0;
    const mailer: Mailer = {
      send: async () => {
        calls += 1;
        if (calls === 1) throw new TypeError('a bug');
        return sent;
      },
    };
    const step = await advanceRenewal(subject(), deps(mailer), now);
    expect(step.status.state).toBe('uncertain');
    // The second call is the report to the contact.
    expect(calls).toBe(2);
  });
});

test('engine: a key that cannot be seen is not gone: nothing is said to be lost, and nothing is asked again', async () => {
  const mailer = answering();
  const world = deps(mailer);
  await advanceRenewal(subject(), world, now);
  const key = join(stateDir, record().keyFile ?? '');
  rmSync(key);
  // As a file of another account is for anybody but root.
  symlinkSync(key, key);
  const step = await advanceRenewal(subject(), world, later(hourMs));
  expect(step.findings.map(({ code, message }) => [code, message])).toEqual([
    ['renewal_email_failed', expect.stringMatching(/^Nothing is sent: .*private_key-\w+\.pem: ELOOP/)],
  ]);
  const again = retryNow(
    store,
    subject().environment,
    { ...record(), asked: {}, stateDir, keyIsGone: async () => true },
    now,
  );
  await expect(again).rejects.toThrow(StoreError);
  expect([record().state, mailer.messages.length]).toEqual(['requested', 1]);
});

describe('what is uncertain', () => {
  async function cutOff(): Promise<void> {
    await advanceRenewal(subject(), deps(answering({ outcome: 'failed', retry: true, reason: literal('busy') })), now);
    const changes = { bodyBegunAt: now };
    store.transition(record(), { from: ['due'], to: 'sending', at: now, reason: 'as left by a crash', changes });
    recoverInterrupted(store, later(minuteMs));
  }

  test('engine: it is reported to the contact once, and never to the desk', async () => {
    await cutOff();
    const mailer = answering();
    const step = await advanceRenewal(subject(), deps(mailer), later(minuteMs));
    expect([step.status.state, codesOf(step)]).toEqual(['uncertain', ['renewal_email_failed']]);
    for (let day = 1; day < 15; day += 1) await advanceRenewal(subject(), deps(mailer), later(day * dayMs));
    expect(mailer.messages.map(addressesOf)).toEqual([['ada.lovelace@example.org']]);
    expect(mailer.messages[0]?.text).toContain('--sent');
    expect(mailer.messages[0]?.text).toContain('--not-sent');
  });

  test.each([
    ['refuses is tried three times, an hour apart', false, 3],
    ['puts off is tried until it is taken, and not again', true, 5],
  ])('engine: a report that the mail server %s', async (_, retry, times) => {
    await cutOff();
    const failed = { outcome: 'failed', retry, reason: literal('busy') } as const;
    const mailer = answering(failed, failed, failed, failed);
    for (let half = 0; half < 20; half += 1) await advanceRenewal(subject(), deps(mailer), later(half * hourMs * 0.5));
    expect(mailer.messages).toHaveLength(times);
  });

  test('engine: settled as sent it is followed like any request', async () => {
    await cutOff();
    const resolved = resolve('sent', later(hourMs));
    expect(resolved).toMatchObject({ record: { state: 'requested', requestedAt: now, delivery: 'sent' } });
    const mailer = answering();
    const step = await advanceRenewal(subject(), deps(mailer), later(2 * hourMs));
    expect([step.status.state, codesOf(step), mailer.messages]).toEqual(['requested', [], []]);
  });

  test('engine: settled as not sent it is sent, once, with the same key', async () => {
    await cutOff();
    const { spkiSha256 } = record();
    resolve('not-sent', later(hourMs));
    const mailer = answering();
    for (let hour = 2; hour < 6; hour += 1) await advanceRenewal(subject(), deps(mailer), later(hour * hourMs));
    expect(mailer.messages.map(addressesOf)).toEqual([[desk, 'ada.lovelace@example.org']]);
    expect(record()).toMatchObject({ state: 'requested', spkiSha256 });
  });

  test('engine: nothing but uncertain, failed or drafted can be settled', async () => {
    const refusedIn = () => resolve('not-sent', now);
    expect(refusedIn()).toEqual({ refused: 'no renewal of integration is open' });
    await advanceRenewal(subject(), deps(answering()), now);
    expect(refusedIn()).toMatchObject({ refused: expect.stringContaining('it is not sent a second time') });
    expect(resolve('sent', now)).toMatchObject({ refused: expect.any(String) });
    expect(record().state).toBe('requested');
    const key = record();
    store.transition(key, { from: ['requested'], to: 'sending', at: now, reason: 'for this test' });
    expect(refusedIn()).toMatchObject({ refused: expect.stringContaining('being sent at this moment') });
  });
});

describe('when the disk or the database fails', () => {
  const full = new StoreError('renewals.sqlite: database or disk is full; the disk is full: free some space');
  const failing = (to: string, times = Number.POSITIVE_INFINITY): RenewalStore => {
    let left = times;
    return {
      ...store,
      transition: (key, transition) => {
        if (transition.to === to && left-- > 0) throw full;
        return store.transition(key, transition);
      },
    };
  };

  test('engine: where sending cannot be written nothing is sent', async () => {
    const mailer = answering();
    const step = await advanceRenewal(subject(), deps(mailer, { store: failing('sending') }), now);
    expect(mailer.messages).toEqual([]);
    expect(codesOf(step)).toEqual(['renewal_email_failed', 'renewal_due']);
    expect(step.findings[0]?.message).toBe(`Nothing is sent: ${full.message}`);
    expect((await advanceRenewal(subject(), deps(mailer), later(minuteMs))).status.state).toBe('requested');
    expect(mailer.messages).toHaveLength(1);
  });

  test('engine: what the mail server said is kept until the disk takes it, and nothing is sent twice', async () => {
    const mailer = answering();
    const world = deps(mailer, { store: failing('requested', 3) });
    for (let minute = 0; minute < 3; minute += 1) {
      const step = await advanceRenewal(subject(), world, later(minute * minuteMs));
      expect([codesOf(step).includes('renewal_email_failed'), record().state]).toEqual([true, 'sending']);
    }
    const step = await advanceRenewal(subject(), world, later(4 * minuteMs));
    expect([step.status.state, codesOf(step), mailer.messages.length]).toEqual(['requested', [], 1]);
    expect(record().requestedAt).toEqual(now);
  });

  test('engine: if it restarts before the disk takes it the request is uncertain', async () => {
    const mailer = answering();
    await advanceRenewal(subject(), deps(mailer, { store: failing('requested') }), now);
    expect(recoverInterrupted(store, later(minuteMs)).map(({ environment }) => environment)).toEqual(['integration']);
    expect((await advanceRenewal(subject(), deps(mailer), later(minuteMs))).status.state).toBe('uncertain');
    expect(mailer.messages.map(({ to }) => to[0]?.address)).toEqual([desk, 'ada.lovelace@example.org']);
  });

  test('engine: a database that cannot be read any more leaves the last known state on show', async () => {
    const world = deps(answering());
    await advanceRenewal(subject(), world, now);
    const unreadable = {
      ...store,
      list: () => {
        throw full;
      },
    };
    const step = await advanceRenewal(subject(), { ...world, store: unreadable }, later(minuteMs));
    expect(step.status).toMatchObject({
      state: 'requested',
      requestedAt: now,
      reason: 'the record of renewals cannot be used',
    });
    expect(codesOf(step)).toEqual(['renewal_email_failed']);
  });

  test('engine: a disk that is full is in the log once, and again after it was not', async () => {
    const logged: unknown[] = [];
    const log = { info: () => {}, warn: (fields: object, message: string) => void logged.push({ ...fields, message }) };
    const world = deps(answering(), { log });
    const failing = (error: Error) => ({
      ...world,
      store: {
        ...store,
        list: () => {
          throw error;
        },
      },
    });
    for (const minute of [0, 1, 2]) await advanceRenewal(subject(), failing(full), later(minute * minuteMs));
    const message = 'renewal state cannot be recorded';
    expect(logged).toEqual([{ environment: 'integration', problem: full.message, message }]);
    await advanceRenewal(subject(), failing(new StoreError('read-only')), later(3 * minuteMs));
    await advanceRenewal(subject(), world, later(4 * minuteMs));
    await advanceRenewal(subject(), failing(full), later(5 * minuteMs));
    expect(logged.map((each) => (each as { problem: string }).problem)).toEqual([
      full.message,
      'read-only',
      full.message,
    ]);
  });

  test('engine: a bug is thrown, not taken for a full disk', async () => {
    const broken = {
      ...store,
      list: () => {
        throw new TypeError('a bug');
      },
    };
    await expect(advanceRenewal(subject(), deps(answering(), { store: broken }), now)).rejects.toThrow('a bug');
  });
});

test('engine: a key that has gone from the state directory is missed', async () => {
  const world = deps(answering());
  await advanceRenewal(subject(), world, now);
  rmSync(join(stateDir, record().keyFile!));
  const step = await advanceRenewal(subject(), world, later(minuteMs));
  expect(step.findings).toMatchObject([
    { code: 'renewal_key_missing', message: expect.stringContaining('private_key-') },
  ]);
});

test('engine: without a credential there is nothing to renew, and nothing is recorded', async () => {
  const { environment } = subject();
  const step = await advanceRenewal({ environment }, deps(answering()), now);
  expect(step).toEqual({
    status: { state: 'not_due', reason: 'no credential is configured' },
    findings: [],
    emailed: [],
  });
  expect(store.list()).toEqual([]);
});

test('engine: a look does nothing and says what stands, with a record and without', async () => {
  const unseen = viewRenewal(subject(), undefined, configured(), now);
  expect([unseen.status.state, codesOf(unseen), store.list()]).toEqual(['not_due', ['renewal_due'], []]);
  await advanceRenewal(subject(), deps(answering({ outcome: 'failed', retry: true, reason: literal('busy') })), now);
  const before = store.list();
  const due = viewRenewal(subject(), store, configured(), later(dayMs));
  expect([due.status.state, codesOf(due)]).toEqual(['due', ['renewal_due', 'renewal_email_failed']]);
  expect(store.list()).toEqual(before);
  const step = await advanceRenewal(subject(), deps(answering()), later(dayMs));
  expect(viewRenewal(subject(), store, configured(), later(dayMs))).toMatchObject({
    status: step.status,
    findings: [],
  });
});

test('engine: a whole estate over real SMTP gets one request for each environment', async () => {
  const mail = await startMailServer();
  const smtp = { host: '127.0.0.1', port: mail.port, tls: 'none' } as const;
  const world = deps(createMailer({ from: 'mesh-certificates@example.org', smtp }, stateDir, {}));
  const names = Array.from({ length: 8 }, (_, number) => `environment-${number}`);
  for (let round = 0; round < 3; round += 1)
    await Promise.all(names.map((name) => advanceRenewal(subject({}, name), world, later(round * 5 * minuteMs))));
  const asked = mail.received.map(({ bytes }) => environmentIn(bytes));
  expect(asked.sort()).toEqual(names);
  await mail.close();
});
