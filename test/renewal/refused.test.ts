/** A request that the mail server refused for good goes again once what it was refused for has changed, and not before. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SmtpServer } from '../../src/config/types.ts';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import type { RefusedThing } from '../../src/renewal/mail/smtp-failure.ts';
import { refusalFacts } from '../../src/renewal/retry.ts';
import { Secret } from '../../src/sources/secret.ts';
import { hourMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { type Moment, startScriptedServer } from '../support/renewal/mail-server.ts';
import { named } from '../support/renewal/samples.ts';
import { codesOf, subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (ms: number) => new Date(now.getTime() + ms);

const server: SmtpServer = { host: 'mail.example.org', port: 587, tls: 'starttls', username: 'monitor' };
const settings = { from: 'mesh-certificates@example.org', server, env: {} };

describe('what a refusal can be due to', () => {
  const { environment } = subject('int');
  const { renewal } = environment;
  const enclosure = (size: number) => {
    const path = join(here.directory, 'conformance.pdf');
    writeFileSync(path, 'x'.repeat(size));
    return { ...environment, renewal: { ...renewal, enclose: [{ kind: 'file' as const, path }] } };
  };
  const facts = (thing: RefusedThing, changes: object = {}, changed = environment) =>
    refusalFacts(thing, changed, { ...settings, ...changes });
  const things = ['login', 'sender', 'recipients', 'message'] as const;
  /** Of which refusals it may be the cure. */
  const cures = async (changes: object, changed = environment) => {
    const curable = await Promise.all(
      things.map(async (thing) => (await facts(thing)) !== (await facts(thing, changes, changed))),
    );
    return things.filter((_, index) => curable[index]);
  };

  test('refused: nothing, while nothing changes', async () => {
    expect(await cures({})).toEqual([]);
    const contact = { ...environment.contact, name: 'Another', telephone: '1234' };
    expect(await cures({}, { ...environment, contact, odsCode: 'Y90' })).toEqual([]);
  });

  test.each([
    ['host', { host: 'other.example.org' }],
    ['port', { port: 25 }],
    ['tls', { tls: 'implicit' }],
    ['username', { username: 'other' }],
  ])('refused: all of it, another %s', async (_, change) => {
    expect(await cures({ server: { ...server, ...change } })).toEqual(['login', 'sender', 'recipients', 'message']);
  });

  test('refused: another sender, other recipients, and another size or message in their turn', async () => {
    expect(await cures({ from: 'other@example.org' })).toEqual(['sender', 'recipients', 'message']);
    const desk = { ...environment, renewal: { ...renewal, desk: ['new-desk@nhs.net'] } };
    expect(await cures({}, desk)).toEqual(['recipients', 'message']);
    const contact = { ...environment.contact, email: 'new@example.org' };
    expect(await cures({}, { ...environment, contact })).toEqual(['recipients', 'message']);
    expect(await cures({}, enclosure(1000))).toEqual(['message']);
  });

  test('refused: an enclosure of another size under the same name counts, and so does one that has gone', async () => {
    const before = await facts('message', {}, enclosure(900_000));
    expect(await facts('message', {}, enclosure(900_000))).toBe(before);
    expect(await facts('message', {}, enclosure(100))).not.toBe(before);
    const gone = { ...enclosure(1), renewal: { ...renewal, enclose: [{ kind: 'file' as const, path: '/nowhere' }] } };
    expect(await facts('message', {}, gone)).not.toBe(before);
  });

  test('refused: nothing is made from the password', async () => {
    const password = (value: string) => ({ kind: 'inline' as const, value: new Secret(value) });
    expect(await cures({ server: { ...server, password: password('a') } })).toEqual([]);
  });
});

describe('over a mail server that refuses for good', () => {
  async function refusedAt(moment: Moment) {
    const scripted = await startScriptedServer({ [moment]: { reply: '550 5.7.1 no' }, 'RCPT 2': { reply: '550 no' } });
    const smtp: SmtpServer = { host: '127.0.0.1', port: scripted.port, tls: 'none' };
    const sendingFrom = (from: string) => ({
      from,
      server: smtp,
      mailer: createMailer({ from, smtp }, here.stateDir, {}),
    });
    const step = await here.step(subject('int'), now, sendingFrom('refused@example.org'));
    return { scripted, step, sendingFrom, calls: () => scripted.seen.filter((each) => each === 'MAIL').length };
  }

  test('refused: it says that it is not sent again by itself, and what to type', async () => {
    const { scripted, step } = await refusedAt('MAIL');
    expect([step.status.state, codesOf(step)]).toEqual(['failed', ['renewal_email_failed']]);
    expect(step.status.reason).toMatch(
      /refused the sender refused@example\.org: 550 5\.7\.1 no\. It is sent again once the setting that was refused has changed, or when you run: mesh-cert-monitor renew --config '\/etc\/mesh monitor\.yaml' --environment int$/,
    );
    expect(here.records()[0]).toMatchObject({ refusedThing: 'sender', refusedFacts: expect.any(String) });
    await scripted.close();
  });

  test('refused: the same again is not tried, however often the service looks', async () => {
    const { scripted, sendingFrom, calls } = await refusedAt('MAIL');
    for (let hour = 1; hour < 48; hour += 1)
      await here.step(subject('int'), later(hour * hourMs), sendingFrom('refused@example.org'));
    expect(calls()).toBe(1);
    await scripted.close();
  });

  test('refused: another sender is tried at the next look, once, and the refusal is forgotten when it is sent', async () => {
    const { scripted, sendingFrom, calls } = await refusedAt('MAIL');
    const again = await here.step(subject('int'), later(hourMs), sendingFrom('another@example.org'));
    expect([again.status.state, calls()]).toEqual(['failed', 2]);
    await here.step(subject('int'), later(2 * hourMs), sendingFrom('another@example.org'));
    expect(calls()).toBe(2);
    const step = await here.step(subject('int'), later(3 * hourMs), { from: 'good@example.org' });
    expect([step.status.state, codesOf(step), here.requests().length]).toEqual(['requested', [], 1]);
    const reasons = here.records()[0]?.transitions.map(({ reason }) => reason) ?? [];
    expect(reasons).toContain('the mail server refused the sender, and settings that this depends on have changed');
    await scripted.close();
  });

  test('refused: another sender is no cure for a refused login', async () => {
    const scripted = await startScriptedServer({ AUTH: { reply: '535 5.7.8 no' } });
    const password = { kind: 'inline', value: new Secret('planted') } as const;
    const smtp: SmtpServer = { host: '127.0.0.1', port: scripted.port, tls: 'none', username: 'monitor', password };
    const from = (name: string) => ({
      from: name,
      server: smtp,
      mailer: createMailer({ from: name, smtp }, here.stateDir, {}),
    });
    await here.step(subject('int'), now, from('a@example.org'));
    await here.step(subject('int'), later(hourMs), from('b@example.org'));
    expect(scripted.seen.filter((each) => each === 'AUTH')).toHaveLength(1);
    expect(JSON.stringify(here.records())).not.toContain('planted');
    await scripted.close();
  });

  test('refused: a person who asks again is heard, whatever has changed', async () => {
    const { scripted } = await refusedAt('RCPT');
    const [record] = here.records();
    expect(record).toMatchObject({ state: 'failed', refusedThing: 'recipients' });
    here.store.transition(record!, { from: ['failed'], to: 'due', at: now, reason: 'a person asked', changes: {} });
    expect((await here.step(subject('int'), later(hourMs))).status.state).toBe('requested');
    await scripted.close();
  });
});

test('refused: a request for another environment’s certificate is never made, and the contact is told once', async () => {
  const { assessment: its, ...rest } = subject('int');
  const assessment = its!;
  const certificates = assessment.certificates.map((each) => ({
    ...each,
    certificate: {
      ...each.certificate,
      issuer: named('NHS Authentication G2'),
      authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
    },
  }));
  const input = { ...rest, assessment: { ...assessment, certificates } };
  for (let hour = 0; hour < 48; hour += 1) {
    const step = await here.step(input, later(hour * hourMs), { server });
    expect([step.status.state, codesOf(step)]).toEqual(['due', expect.arrayContaining(['renewal_email_failed'])]);
    expect(step.status.reason).toContain('is a live certificate, issued by NHS Authentication G2');
  }
  expect(here.requests()).toEqual([]);
  expect(here.messages.map(({ to, text }) => [to.length, text.includes('is a live certificate')])).toEqual([[1, true]]);
});
