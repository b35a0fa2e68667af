/** One certificate is asked for once, whatever the environments that use it are called. */
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { subjectOf } from '../../src/renewal/claim.ts';
import { viewRenewal } from '../../src/renewal/conclude.ts';
import { renewalsOf, resolveRenewal } from '../../src/renewal/resolve.ts';
import type { RenewalInput } from '../../src/renewal/step.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';
import { crashNow as now } from '../support/renewal/due.ts';
import { certificateFacts } from '../support/renewal/samples.ts';
import { codesOf, subject, type World, world } from '../support/renewal/world.ts';

let here: World;
beforeEach(() => {
  here = world('int');
});
afterEach(() => here.close());
const later = (ms: number) => new Date(now.getTime() + ms);
const states = () => here.records().map(({ environment, state }) => [environment, state]);

/** The same environment with a new certificate, three years longer. */
function renewed(input: RenewalInput): RenewalInput {
  const certificate = certificateFacts({ fingerprintSha256: 'ee'.repeat(32), notAfter: later(3 * 365 * dayMs) });
  const certificates = [{ role: 'client' as const, onPath: true, certificate }];
  return { ...input, assessment: { ...input.assessment!, certificates } };
}
const success = (at: Date) => ({ handshake: { startedAt: at, outcome: 'success' as const } });

describe('an environment that is renamed', () => {
  test.each(['Int', 'INT', 'integration'])('once: from int to %s, asks nobody a second time', async (name) => {
    await here.step(subject('int'));
    const [before] = here.records();
    here.names = new Set([name]);
    for (let minute = 5; minute < 30; minute += 5) {
      const step = await here.step(subject(name), later(minute * minuteMs));
      expect([step.status.state, step.status.record?.environment, step.emailed]).toEqual(['requested', name, []]);
    }
    expect(here.requests()).toHaveLength(1);
    expect(states()).toEqual([[name, 'requested']]);
    // Nothing of what was recorded is lost, and the files stay where they are.
    expect(here.records()[0]).toEqual({ ...before, environment: name });
  });

  test('once: and renamed back, and on, it is still the same renewal', async () => {
    await here.step(subject('int'));
    for (const name of ['b', 'int', 'c', 'C']) {
      here.names = new Set([name]);
      await here.step(subject(name), later(hourMs));
    }
    expect([here.requests().length, states()]).toEqual([1, [['C', 'requested']]]);
  });

  test('once: between a failed attempt and the next, it keeps key, request and Message-ID', async () => {
    here.answers.push({ outcome: 'failed', retry: true, reason: literal('busy') });
    await here.step(subject('int'));
    here.names = new Set(['b']);
    await here.step(subject('b'), later(dayMs));
    const [first, second] = here.requests();
    expect(second?.messageId).toBe(first?.messageId);
    expect(second?.attachments[0]?.content).toEqual(first?.attachments[0]?.content);
    expect(here.records()).toMatchObject([{ environment: 'b', state: 'requested', attempts: 2 }]);
  });

  test('once: what is uncertain can be settled under the new name before the service has looked', async () => {
    here.answers.push({ outcome: 'uncertain', reason: literal('lost') });
    await here.step(subject('int'));
    const { environment } = subject('b');
    expect(renewalsOf(here.store, environment, new Set(['b', 'int']))).toEqual([]);
    const resolved = resolveRenewal(here.store, environment, new Set(['b']), 'sent', later(hourMs));
    expect(resolved).toMatchObject({ record: { state: 'requested' } });
    here.names = new Set(['b']);
    await here.step(subject('b'), later(2 * hourMs));
    expect(states()).toEqual([['b', 'requested']]);
  });

  test('once: and given its new certificate at the same time, it follows the old renewal to its end', async () => {
    await here.step(subject('int'));
    here.names = new Set(['b']);
    const input = renewed(subject('b'));
    await here.step(input, later(dayMs));
    const step = await here.step({ ...input, ...success(later(dayMs + hourMs)) }, later(dayMs + 2 * hourMs));
    expect([step.status.state, step.emailed]).toEqual(['deployed', ['sent']]);
    expect(here.messages.at(-1)?.subject).toContain('MESH certificate renewed');
    expect(states()).toEqual([
      ['b', 'deployed'],
      ['b', 'not_due'],
    ]);
  });

  test('once: also where an earlier release has recorded it, which did not say for which mailbox', async () => {
    await here.step(subject('int'));
    here.store.note(here.records()[0]!, { mailboxId: null, mesh: null });
    await here.step(subject('int'), later(minuteMs));
    expect(here.records()[0]).toMatchObject({
      mailboxId: subject('int').environment.mesh.mailboxId,
      mesh: 'integration',
    });
    here.names = new Set(['b']);
    await here.step(renewed(subject('b')), later(dayMs));
    expect(states()).toEqual([['b', 'requested']]);
  });

  test('once: another mailbox with another certificate takes nothing over', async () => {
    await here.step(subject('int'));
    here.names = new Set(['b']);
    const mesh = { ...subject('b').environment.mesh, mailboxId: 'X26ABC2' };
    await here.step(renewed(subject('b', { mesh })), later(dayMs));
    expect(states()).toEqual([
      ['int', 'requested'],
      ['b', 'not_due'],
    ]);
  });

  test('once: two that exchange their names keep each its own request, and follow it to its end', async () => {
    const mailbox = (name: string, mailboxId: string) =>
      subject(name, { certificate: mailboxId, mesh: { ...subject(name).environment.mesh, mailboxId } });
    const subjects = (...inputs: RenewalInput[]) => ({
      subjects: new Map(inputs.map(({ environment }) => [environment.name, subjectOf(environment)])),
    });
    here.names = new Set(['a', 'b']);
    const before = [mailbox('a', 'X26ABC1'), mailbox('b', 'X26ABC2')];
    for (const input of before) await here.step(input, now, subjects(...before));
    const after = [mailbox('b', 'X26ABC1'), mailbox('a', 'X26ABC2')];
    for (const input of after) {
      const step = await here.step(input, later(hourMs), subjects(...after));
      expect([step.status.state, step.status.record?.environment, step.emailed]).toEqual([
        'requested',
        input.environment.name,
        [],
      ]);
    }
    expect(here.records().map(({ environment, mailboxId, state }) => [environment, mailboxId, state])).toEqual([
      ['b', 'X26ABC1', 'requested'],
      ['a', 'X26ABC2', 'requested'],
    ]);
    expect([here.requests().length, here.messages.length]).toEqual([2, 2]);
  });

  test('once: a name that another mailbox takes over asks for its own certificate', async () => {
    await here.step(subject('int'));
    const mesh = { ...subject('int').environment.mesh, mailboxId: 'X26ABC2' };
    const other = subject('int', { mesh, certificate: 'another' });
    const step = await here.step(other, later(dayMs));
    expect([step.status.state, here.requests().length]).toEqual(['requested', 2]);
    expect(resolveRenewal(here.store, other.environment, here.names, 'sent', now)).toHaveProperty('refused');
  });

  test('once: and one whose mailbox is changed meanwhile follows its renewal to its end', async () => {
    await here.step(subject('int'));
    const mesh = { ...subject('int').environment.mesh, mailboxId: 'X26MOVD' };
    const moved = renewed(subject('int', { mesh }));
    here.store.note(here.records()[0]!, { issuedFingerprintSha256: 'ee'.repeat(32) });
    await here.step(moved, later(dayMs));
    const step = await here.step({ ...moved, ...success(later(dayMs + hourMs)) }, later(dayMs + 2 * hourMs));
    expect([step.status.state, step.emailed]).toEqual(['deployed', ['sent']]);
    await here.step(moved, later(2 * dayMs));
    expect(here.records().map(({ state, closedAt }) => [state, closedAt !== undefined])).toEqual([
      ['deployed', true],
      ['not_due', false],
    ]);
  });

  test('once: a look at it shows what the service would, and changes nothing', async () => {
    await here.step(subject('int'));
    const before = here.records();
    const known = { stateDir: here.stateDir, names: new Set(['b']), configurationFile: '/etc/monitor.yaml' };
    const { status } = viewRenewal(subject('b'), here.store, known, later(hourMs));
    expect([status.state, status.record?.environment]).toEqual(['requested', 'b']);
    expect(here.records()).toEqual(before);
  });
});

describe('environments that share a certificate', () => {
  const [a, b, c] = [subject('a'), subject('b'), subject('c')];
  beforeEach(() => {
    here.names = new Set(['a', 'b', 'c']);
  });

  test('once: ask once, in whatever order and however often, and each shows it', async () => {
    const shown = [];
    for (let round = 0; round < 3; round += 1)
      for (const input of [a, b, c]) shown.push(await here.step(input, later(round * hourMs)));
    expect(here.requests()).toHaveLength(1);
    expect(states()).toEqual([['a', 'requested']]);
    expect(new Set(shown.map(({ status }) => status.state))).toEqual(new Set(['requested']));
    expect(shown[1]?.status.reason).toBe(
      'a uses the same certificate, and one request covers both: the request was sent to itoc.supportdesk@nhs.net',
    );
  });

  test('once: also when all of them look at the same moment', async () => {
    await Promise.all([a, b, c, a, b, c].map((input) => here.step(input)));
    expect([here.requests().length, here.records().length]).toEqual([1, 1]);
  });

  test('once: and make one request only, with one key', async () => {
    await Promise.all([a, b, c, a, b, c].map((input) => here.step(input)));
    const [directory, ...more] = readdirSync(join(here.stateDir, 'pending'));
    expect(more).toEqual([]);
    const [record] = here.records();
    expect(dirname(record!.keyFile!)).toBe(join('pending', directory!));
    const keys = readdirSync(join(here.stateDir, 'pending', directory!)).filter((name) =>
      name.startsWith('private_key'),
    );
    expect(keys).toEqual([basename(record!.keyFile!)]);
  });

  test('once: and where the first of them cannot make it, the next does', async () => {
    const { passphrase: _, ...renewal } = a.environment.renewal;
    const unable = await here.step(subject('a', { renewal }));
    expect([unable.status.state, codesOf(unable)]).toEqual(['due', ['renewal_due', 'renewal_email_failed']]);
    expect((await here.step(b)).status.state).toBe('requested');
    expect([states(), here.requests().length]).toEqual([[['b', 'requested']], 1]);
  });

  test('once: also with other mailboxes, for the certificate is one', async () => {
    const mesh = { ...b.environment.mesh, mailboxId: 'X26ABC2' };
    await here.step(a);
    await here.step(subject('b', { mesh }));
    expect(here.requests()).toHaveLength(1);
  });

  test('once: the one whose window opens first asks, though the other was seen first', async () => {
    const { renewal } = a.environment;
    await here.step(subject('a', { renewal: { ...renewal, windowMs: dayMs } }));
    expect(states()).toEqual([['a', 'not_due']]);
    const step = await here.step(b);
    expect([step.status.state, states(), here.requests().length]).toEqual(['requested', [['b', 'requested']], 1]);
  });

  test('once: one without a desk does not keep the other from asking', async () => {
    const { renewal } = a.environment;
    await here.step(subject('a', { renewal: { ...renewal, desk: [] } }));
    expect((await here.step(b)).status.state).toBe('requested');
  });

  test('once: the database itself lets no second request through', async () => {
    await here.step(a);
    const [record] = here.records();
    const key = { environment: 'b', fingerprintSha256: record!.fingerprintSha256 };
    here.store.begin({ ...record!, ...key }, now, 'seen');
    expect(here.store.get(key)).toBeUndefined();
  });

  test('once: when the new one is deployed in one of them, the other is told to follow, and so is the contact', async () => {
    await here.step(a);
    await here.step(b);
    const input = renewed(a);
    await here.step(input, later(dayMs));
    const closing = await here.step({ ...input, ...success(later(dayMs + 1)) }, later(dayMs + hourMs));
    expect(closing.emailed).toEqual(['sent']);
    expect(here.messages.at(-1)?.text).toContain('still deployed in b: please deploy the new one there too');
    const other = await here.step(b, later(dayMs + hourMs));
    expect(other.status.reason).toContain('this certificate was replaced there, and is still deployed here');
    expect(other.findings).toMatchObject([{ code: 'renewal_due', remedy: 'Deploy the certificate that replaced it.' }]);
    await here.step(renewed(b), later(2 * dayMs));
    const followed = await here.step(renewed(b), later(2 * dayMs));
    expect([followed.status.state, codesOf(followed)]).toEqual(['not_due', []]);
    expect(here.requests()).toHaveLength(1);
  });

  test('once: what was replaced by hand in one, without a request, is asked for by the other', async () => {
    const { renewal } = a.environment;
    const early = subject('a', { renewal: { ...renewal, windowMs: dayMs } });
    await here.step(early);
    await here.step(renewed(early), later(hourMs));
    expect((await here.step(b, later(2 * hourMs))).status.state).toBe('requested');
    expect(here.requests()).toHaveLength(1);
  });

  test('once: the one that asked is taken out of the configuration, and the other carries on', async () => {
    await here.step(a);
    await here.step(b);
    here.names = new Set(['b', 'c']);
    const step = await here.step(b, later(15 * dayMs));
    expect([states(), step.emailed]).toEqual([[['b', 'requested']], ['sent']]);
    expect(here.messages.at(-1)?.subject).toContain('No new MESH certificate yet');
  });

  test('once: a key that was lost is missed by every one of them', async () => {
    await here.step(a);
    rmSync(join(here.stateDir, here.records()[0]!.keyFile!));
    for (const input of [a, b]) expect(codesOf(await here.step(input, later(hourMs)))).toEqual(['renewal_key_missing']);
  });
});
