import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RenewalPolicy } from '../../src/config/types.ts';
import { decideRenewal } from '../../src/renewal/decide.ts';
import type { RenewalFacts } from '../../src/renewal/decision.ts';
import { caThatEndsFirst } from '../../src/renewal/due.ts';
import type { Notice, RenewalState, StoredRenewal } from '../../src/renewal/types.ts';
import { say } from '../../src/text/index.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/time/duration.ts';
import type { AssessedCertificate } from '../../src/verify/types.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { certificateFacts, environmentOf, issued, recordFor, replaced } from '../support/renewal/samples.ts';
import { sampleAssessment } from '../support/status.ts';

const integration = environmentOf('integration');
const withPolicy = (policy: Partial<RenewalPolicy>) =>
  environmentOf('integration', { renewal: { ...integration.renewal, ...policy } });
const assessed = (certificate: Certificate, valid = true, cas: AssessedCertificate[] = []) =>
  sampleAssessment({
    certificates: [{ role: 'client', onPath: true, certificate }, ...cas],
    valid,
  });
const stored = (state: RenewalState, more: Partial<StoredRenewal> = {}): StoredRenewal => ({
  ...recordFor(integration),
  state,
  transitions: [{ state, at: new Date(0), reason: say`reason of ${state}` }],
  notices: [],
  ...more,
});
const facts = (records: StoredRenewal[], more: Partial<RenewalFacts> = {}): RenewalFacts => ({
  environment: integration,
  assessment: assessed(replaced),
  records,
  related: [],
  names: new Set([integration.name]),
  configurationFile: '/etc/monitor.yaml',
  ...more,
});

const opening = new Date(replaced.notAfter.getTime() - 60 * dayMs);
const shift = (date: Date, ms: number) => new Date(date.getTime() + ms);
const inWindow = shift(opening, dayMs);

describe('when a renewal falls due', () => {
  test('decide: a certificate that was not seen before gets a record', () => {
    expect(decideRenewal(facts([]), inWindow)).toMatchObject({ kind: 'begin', key: { environment: 'integration' } });
  });

  test('decide: one second before the window nothing happens, and in its first second it is due', () => {
    expect(decideRenewal(facts([stored('not_due')]), shift(opening, -secondMs)).kind).toBe('rest');
    expect(decideRenewal(facts([stored('not_due')]), opening).kind).toBe('fall_due');
    expect(decideRenewal(facts([stored('not_due')]), shift(opening, secondMs)).kind).toBe('fall_due');
  });

  test('decide: a request that is being made is neither made again nor taken over', () => {
    const making = new Set([replaced.fingerprintSha256]);
    const more = { records: [], related: [{ ...stored('due'), environment: 'other' }], names: new Set(['other']) };
    for (const each of [{}, more]) {
      const decide = (of: ReadonlySet<string>) =>
        decideRenewal(facts([stored('due')], { ...each, making: of }), inWindow);
      expect(decide(making)).toMatchObject({
        kind: 'rest',
        reason: expect.stringContaining('the request is being made'),
      });
      expect(decide(new Set(['of another certificate'])).kind).toBe(each === more ? 'adopt' : 'send');
    }
  });

  test('decide: a service that was down for a week sends when it is back', () => {
    expect(decideRenewal(facts([stored('not_due')]), shift(opening, 7 * dayMs)).kind).toBe('fall_due');
    expect(decideRenewal(facts([stored('due')]), shift(opening, 7 * dayMs)).kind).toBe('send');
  });

  test('decide: an expired certificate that nobody asked for is still asked for', () => {
    const late = shift(replaced.notAfter, 30 * dayMs);
    expect(decideRenewal(facts([stored('due')], { assessment: assessed(replaced, false) }), late).kind).toBe('send');
  });

  test('decide: the reason says when it expires and from when it is due', () => {
    expect(decideRenewal(facts([stored('not_due')]), opening).reason).toBe(
      'the certificate expires on Friday 22 January 2027 (2027-01-22); its renewal is due from Monday 23 November 2026 (2026-11-23)',
    );
    expect(decideRenewal(facts([stored('due')]), shift(replaced.notAfter, secondMs)).reason).toBe(
      'the certificate expired on Friday 22 January 2027 (2027-01-22); its renewal was due from Monday 23 November 2026 (2026-11-23)',
    );
  });

  test('decide: what fell due under another window or clock is taken back before it is sent', () => {
    expect(decideRenewal(facts([stored('due')]), shift(opening, -secondMs)).kind).toBe('withdraw');
  });

  test('decide: what somebody asked for stays due before the window opens, whatever the clock says', () => {
    const askedAt = shift(opening, -dayMs);
    const early = shift(opening, -secondMs);
    const doubt = { clockDoubt: 'the clock is in doubt' };
    expect(decideRenewal(facts([stored('due', { askedAt })]), early).kind).toBe('send');
    expect(decideRenewal(facts([stored('due', { askedAt })], doubt), early).kind).toBe('send');
    expect(decideRenewal(facts([stored('due')], doubt), opening).kind).toBe('rest');
    expect(decideRenewal(facts([stored('not_due', { askedAt })]), early).kind).toBe('fall_due');
    const waiting = stored('due', { askedAt, nextAttemptAt: shift(early, minuteMs) });
    expect(decideRenewal(facts([waiting]), early).kind).toBe('rest');
  });

  test('decide: without a desk there is nobody to ask', () => {
    const sandbox = withPolicy({ desk: [] });
    expect(decideRenewal(facts([stored('not_due')], { environment: sandbox }), inWindow)).toMatchObject({
      kind: 'rest',
      reason: 'no certificate desk is configured, so there is nobody to send a request to',
    });
  });

  test('decide: without a readable certificate nothing is asked for', () => {
    const unread = { assessment: sampleAssessment({ certificates: [] }) };
    const source = { kind: 'file', path: '/nowhere' } as const;
    const credential = { kind: 'pem', certificate: source, privateKey: source, caBundle: source } as const;
    for (const state of ['not_due', 'due', 'requested'] as const) {
      expect(decideRenewal(facts([stored(state)], unread), inWindow)).toMatchObject({
        kind: 'rest',
        reason: 'no credential is configured',
      });
      const configured = { ...unread, environment: { ...integration, credential } };
      expect(decideRenewal(facts([stored(state)], configured), inWindow)).toMatchObject({
        kind: 'rest',
        reason: 'the client certificate cannot be read',
        key: { fingerprintSha256: replaced.fingerprintSha256 },
      });
    }
  });

  test('decide: a CA that ends before a new certificate would is mentioned, one that outlives it is not', () => {
    const sub = (notAfter: Date) => [
      { role: 'intermediate' as const, onPath: true, certificate: certificateFacts({ notAfter }) },
    ];
    const threeYears = 3 * 365 * dayMs;
    const at = sampleAssessment().assessedAt;
    const ending = assessed(replaced, true, sub(shift(at, threeYears - secondMs)));
    const lasting = assessed(replaced, true, sub(shift(at, threeYears)));
    expect(caThatEndsFirst(lasting)).toBeUndefined();
    expect(decideRenewal(facts([stored('due')], { assessment: ending }), inWindow).reason).toMatch(
      /before the three years of a new certificate are over: ask for the chain of its successor$/,
    );
  });
});

describe('once and never twice', () => {
  const closed: RenewalState[] = ['sending', 'requested', 'uncertain', 'issued', 'failed', 'deployed'];
  const clocks = { 'a month back': -30 * dayMs, now: 0, 'a month ahead': 30 * dayMs, 'ten years ahead': 3650 * dayMs };

  test.each(closed)('decide: %s is never sent again, whatever the clock says', (state) => {
    for (const [, change] of Object.entries(clocks))
      for (const nextAttemptAt of [undefined, shift(inWindow, -dayMs)])
        for (const requestedAt of [undefined, inWindow, shift(inWindow, 60 * dayMs)]) {
          const record = stored(state, {
            ...(nextAttemptAt ? { nextAttemptAt } : {}),
            ...(requestedAt ? { requestedAt } : {}),
          });
          expect(['rest', 'notify']).toContain(decideRenewal(facts([record]), shift(inWindow, change)).kind);
        }
  });

  test('decide: after a failure that may pass it waits until the next attempt', () => {
    const record = stored('due', { lastError: say`no route`, nextAttemptAt: shift(inWindow, 5 * minuteMs) });
    expect(decideRenewal(facts([record]), inWindow)).toMatchObject({
      kind: 'rest',
      reason: expect.stringContaining('no route'),
    });
    expect(decideRenewal(facts([record]), shift(inWindow, 5 * minuteMs - 1)).kind).toBe('rest');
    expect(decideRenewal(facts([record]), shift(inWindow, 5 * minuteMs)).kind).toBe('send');
  });

  test('decide: a next attempt that a wrong clock put a month ahead does not hold the request back', () => {
    const record = stored('due', { nextAttemptAt: shift(inWindow, 30 * dayMs) });
    expect(decideRenewal(facts([record]), inWindow).kind).toBe('send');
    const plausible = stored('due', { nextAttemptAt: shift(inWindow, 8 * hourMs) });
    expect(decideRenewal(facts([plausible]), inWindow).kind).toBe('rest');
  });

  test('decide: a certificate rolled back to an older one waits while a request is open', () => {
    const older = certificateFacts({ fingerprintSha256: '77'.repeat(32), notAfter: shift(replaced.notAfter, -dayMs) });
    for (const state of ['sending', 'requested', 'uncertain', 'issued'] as const) {
      const decision = decideRenewal(facts([stored(state)], { assessment: assessed(older) }), inWindow);
      expect(decision).toMatchObject({ kind: 'rest', key: { fingerprintSha256: replaced.fingerprintSha256 } });
      expect(decision.reason).toMatch(/^a request is already open for the certificate with serial number 1C93/);
    }
    const retired = stored('deployed', { closedAt: inWindow });
    expect(decideRenewal(facts([retired], { assessment: assessed(older) }), inWindow).kind).toBe('begin');
  });

  test.each(['not_due', 'due', 'failed'] as const)(
    'decide: nothing more happens to %s while an older certificate is deployed',
    (state) => {
      const older = certificateFacts({
        fingerprintSha256: '77'.repeat(32),
        notAfter: shift(replaced.notAfter, -dayMs),
      });
      expect(decideRenewal(facts([stored(state)], { assessment: assessed(older) }), inWindow)).toMatchObject({
        kind: 'retire',
        key: { fingerprintSha256: replaced.fingerprintSha256 },
      });
    },
  );

  test('decide: another environment with the same certificate has a key of its own', () => {
    const other = environmentOf('deployment');
    expect(decideRenewal(facts([], { environment: other }), inWindow).key).toEqual({
      environment: 'deployment',
      fingerprintSha256: replaced.fingerprintSha256,
    });
  });
});

describe('telling the contact', () => {
  const notice = (more: Partial<Notice>): Notice => ({
    kind: 'uncertain',
    occasion: 1,
    tries: 1,
    failures: 0,
    triedAt: inWindow,
    ...more,
  });
  const uncertain = (...notices: Notice[]) => decideRenewal(facts([stored('uncertain', { notices })]), inWindow).kind;

  test('decide: an uncertain request is reported once', () => {
    expect(decideRenewal(facts([stored('uncertain')]), inWindow)).toMatchObject({
      kind: 'notify',
      notice: 'uncertain',
    });
    expect(uncertain(notice({ sentAt: inWindow }))).toBe('rest');
  });

  test('decide: a report that may be lost is tried again after an hour, whichever way the clock went, three times in all', () => {
    expect(uncertain(notice({ triedAt: shift(inWindow, -hourMs + 1) }))).toBe('rest');
    expect(uncertain(notice({ triedAt: shift(inWindow, -hourMs) }))).toBe('notify');
    expect(uncertain(notice({ triedAt: shift(inWindow, 30 * dayMs) }))).toBe('notify');
    expect(uncertain(notice({ triedAt: shift(inWindow, -dayMs), tries: 2 }))).toBe('notify');
    expect(uncertain(notice({ triedAt: shift(inWindow, -dayMs), tries: 3 }))).toBe('rest');
  });

  test('decide: while the mail server takes nothing, the report is tried as the request is, without a limit', () => {
    const failed = (failures: number, ms: number) =>
      uncertain(notice({ tries: 0, failures, triedAt: shift(inWindow, -ms) }));
    expect(failed(1, 3 * minuteMs)).toBe('rest');
    expect(failed(1, 7 * minuteMs)).toBe('notify');
    expect(failed(3, 14 * minuteMs)).toBe('rest');
    for (const failures of [3, 30, 3000]) expect(failed(failures, 8 * hourMs)).toBe('notify');
    expect(uncertain(notice({ tries: 3, failures: 3, triedAt: shift(inWindow, -dayMs) }))).toBe('rest');
    expect(uncertain(notice({ tries: 0, failures: 3, sentAt: inWindow }))).toBe('rest');
  });

  test('decide: a second attempt that ends uncertain is reported again', () => {
    const record = stored('uncertain', { attempts: 2, notices: [notice({ sentAt: inWindow })] });
    expect(decideRenewal(facts([record]), inWindow).kind).toBe('notify');
  });

  test('decide: the reminder comes when five working days are over, and once', () => {
    // Asked on a Tuesday: Wednesday, Thursday, Friday, Monday, Tuesday.
    const record = stored('requested', { requestedAt: new Date('2026-11-24T09:00:00Z') });
    expect(decideRenewal(facts([record]), new Date('2026-12-01T23:59:59Z')).kind).toBe('rest');
    const due = decideRenewal(facts([record]), new Date('2026-12-02T00:00:00Z'));
    expect(due).toMatchObject({ kind: 'notify', notice: 'reminder' });
    const reminded = { ...record, notices: [notice({ kind: 'reminder', sentAt: inWindow })] };
    expect(decideRenewal(facts([reminded]), new Date('2026-12-20T00:00:00Z')).kind).toBe('rest');
  });

  test('decide: the reminder comes after the working days that are configured for it, not those that the desk needs', () => {
    const record = stored('requested', { requestedAt: new Date('2026-11-24T09:00:00Z') });
    const environment = {
      ...integration,
      renewal: { ...integration.renewal, deskWorkingDays: 10, reminderWorkingDays: 2 },
    };
    const at = (now: string) => decideRenewal(facts([record], { environment }), new Date(now));
    expect(at('2026-11-26T23:59:59Z').kind).toBe('rest');
    expect(at('2026-11-27T00:00:00Z')).toMatchObject({
      notice: 'reminder',
      reason: expect.stringContaining('the desk has not answered in 2 working days'),
    });
    const draft = { ...record, delivery: 'drafted' as const };
    expect(decideRenewal(facts([draft], { environment }), new Date('2026-11-27T00:00:00Z'))).toMatchObject({
      notice: 'reminder',
      reason: expect.stringContaining('nobody has sent the draft in 2 working days'),
    });
  });
});

describe('following the new certificate', () => {
  const seenAt = new Date('2026-12-01T09:00:00Z');
  const now = shift(seenAt, hourMs);
  const seen = { successorFingerprintSha256: issued.fingerprintSha256, successorSeenAt: seenAt };
  const deployed = (record: StoredRenewal, more: Partial<RenewalFacts> = {}, at = now) =>
    decideRenewal(facts([record], { assessment: assessed(issued), ...more }), at);
  const handshake = (outcome: 'success' | 'failure', startedAt: Date) => ({ handshake: { outcome, startedAt } });

  test.each(['requested', 'uncertain', 'issued'] as const)('decide: from %s the successor is noted first', (state) => {
    expect(deployed(stored(state))).toMatchObject({ kind: 'note_successor', successor: issued.fingerprintSha256 });
  });

  test('decide: only a handshake since the new certificate was seen counts', () => {
    const record = stored('issued', seen);
    expect(deployed(record, handshake('success', shift(seenAt, -1))).kind).toBe('rest');
    expect(deployed(record, handshake('success', seenAt))).toMatchObject({ kind: 'deploy' });
    expect(deployed(record, handshake('failure', shift(seenAt, minuteMs))).kind).toBe('rest');
    expect(deployed(record, handshake('failure', shift(seenAt, minuteMs)), shift(seenAt, 2 * dayMs)).kind).toBe('rest');
  });

  test('decide: where no handshake is run a day of a valid credential has to do', () => {
    const record = stored('issued', seen);
    expect(deployed(record, {}, shift(seenAt, dayMs - 1)).kind).toBe('rest');
    expect(deployed(record, {}, shift(seenAt, dayMs)).kind).toBe('deploy');
    const invalid = { assessment: assessed(issued, false) };
    expect(deployed(record, invalid, shift(seenAt, dayMs)).kind).toBe('rest');
  });

  test('decide: a clock set back since the new certificate was seen starts that wait again', () => {
    const record = stored('issued', { ...seen, successorSeenAt: shift(now, 1) });
    expect(deployed(record, handshake('success', now)).kind).toBe('note_successor');
  });

  test('decide: another successor than the one noted is noted anew', () => {
    const record = stored('issued', { ...seen, successorFingerprintSha256: '99'.repeat(32) });
    expect(deployed(record, handshake('success', now)).kind).toBe('note_successor');
  });

  test('decide: no second request goes out while the old renewal is not closed', () => {
    const shortLived = certificateFacts({
      fingerprintSha256: '42'.repeat(32),
      notAfter: shift(replaced.notAfter, dayMs),
    });
    const decision = decideRenewal(facts([stored('requested')], { assessment: assessed(shortLived) }), inWindow);
    expect(decision.kind).toBe('note_successor');
  });

  test.each(['not_due', 'requested', 'uncertain', 'issued', 'deployed'] as const)(
    'decide: %s for another mailbox is none of its business, though it has the same name',
    (state) => {
      const decide = (more: Partial<StoredRenewal>, environment = integration) =>
        decideRenewal(facts([stored(state, more)], { environment, assessment: assessed(issued) }), now);
      const { mailboxId } = integration.mesh;
      const fresh = { kind: 'begin', key: { fingerprintSha256: issued.fingerprintSha256 } };
      expect(decide({ mailboxId: 'X26ABC9', mesh: 'integration' })).toMatchObject(fresh);
      expect(decide({ mailboxId, mesh: 'production' })).toMatchObject(fresh);
      expect(decide({ mailboxId, mesh: 'integration' })).not.toMatchObject(fresh);
      expect(decide({})).not.toMatchObject(fresh);
      // The address of the same MESH may change.
      expect(decide({ mailboxId, mesh: 'https://old.example.org' })).not.toMatchObject(fresh);
      // Without a readable certificate nothing of it is shown either.
      const unread = facts([stored(state, { mailboxId: 'X26ABC9', mesh: 'integration' })]);
      const { assessment, ...without } = unread;
      expect(decideRenewal(without, now).key).toBeUndefined();
    },
  );

  test.each(['requested', 'uncertain', 'issued', 'deployed'] as const)(
    'decide: %s from before the mailbox was changed comes to its end once its answer is deployed',
    (state) => {
      const spki = Buffer.from('the new key');
      const own = certificateFacts({ ...issued, publicKey: { algorithm: 'RSA', bits: 2048, spki } });
      const spkiSha256 = createHash('sha256').update(spki).digest('hex');
      const decide = (more: Partial<StoredRenewal>, certificate = own) => {
        const record = stored(state, { mailboxId: 'X26ABC9', mesh: 'integration', ...more });
        return decideRenewal(facts([record], { assessment: assessed(certificate) }), now).kind;
      };
      const ends = state === 'deployed' ? 'notify' : 'note_successor';
      expect(decide({ issuedFingerprintSha256: own.fingerprintSha256 })).toBe(ends);
      expect(decide({ spkiSha256, keyFile: 'pending/key.pem' })).toBe(ends);
      expect(decide({ spkiSha256, keyPlace: 'Vault secret kv/mesh' })).toBe(ends);
      // A key that is used again may be that of several mailboxes.
      expect(decide({ spkiSha256 })).toBe('begin');
      expect(decide({ spkiSha256: 'ab'.repeat(32), keyFile: 'pending/key.pem' })).toBe('begin');
    },
  );

  test('decide: the certificate of the request is a successor even if it ends with the old one', () => {
    const spki = Buffer.from('the new key');
    const same = certificateFacts({
      fingerprintSha256: '42'.repeat(32),
      publicKey: { algorithm: 'RSA', bits: 2048, spki },
    });
    const spkiSha256 = createHash('sha256').update(spki).digest('hex');
    const ours = stored('requested', { spkiSha256 });
    expect(decideRenewal(facts([ours], { assessment: assessed(same) }), now).kind).toBe('note_successor');
    expect(decideRenewal(facts([stored('requested')], { assessment: assessed(same) }), now).kind).toBe('rest');

    const shorter = assessed({ ...same, notAfter: shift(same.notAfter, -secondMs) });
    expect(decideRenewal(facts([ours], { assessment: shorter }), now).kind).toBe('rest');
    for (const own of [{ keyFile: 'pending/key.pem' }, { keyPlace: 'Vault secret kv/mesh' }])
      expect(decideRenewal(facts([{ ...ours, ...own }], { assessment: shorter }), now).kind).toBe('note_successor');
  });

  test.each(['not_due', 'due', 'failed'] as const)(
    'decide: %s is retired without a word when the certificate was replaced by hand',
    (state) => {
      expect(deployed(stored(state))).toMatchObject({ kind: 'retire', successor: issued.fingerprintSha256 });
    },
  );

  test('decide: the closing message comes once, then the renewal is closed and the next begins', () => {
    const closing = (more: Partial<Notice>): Notice => ({
      kind: 'closing',
      occasion: 1,
      tries: 1,
      failures: 0,
      triedAt: now,
      ...more,
    });
    expect(deployed(stored('deployed', seen))).toMatchObject({ kind: 'notify', notice: 'closing' });
    expect(deployed(stored('deployed', { ...seen, notices: [closing({})] })).kind).toBe('rest');
    expect(deployed(stored('deployed', { ...seen, notices: [closing({ sentAt: now })] })).kind).toBe('close');
    expect(deployed(stored('deployed', { ...seen, notices: [closing({ tries: 3 })] })).kind).toBe('close');
    expect(deployed(stored('deployed', { ...seen, closedAt: now }))).toMatchObject({
      kind: 'begin',
      key: { fingerprintSha256: issued.fingerprintSha256 },
    });
    // A mail server that takes nothing does not hold up the next.
    const heldUp = closing({ tries: 0, failures: 1 });
    expect(deployed(stored('deployed', { ...seen, notices: [heldUp] })).kind).toBe('begin');
    expect(deployed(stored('deployed', { ...seen, notices: [heldUp] }), {}, shift(now, hourMs)).kind).toBe('notify');
  });

  describe('and the replaced certificate is deployed again', () => {
    const again = (more: Partial<StoredRenewal>, ...states: RenewalState[]) => {
      const transitions = [...states, 'deployed' as const].map((state) => ({
        state,
        at: now,
        reason: say`was ${state}`,
      }));
      const { requestedAt, ...unasked } = stored('deployed', { ...seen, transitions });
      const record = { ...unasked, ...more };
      return decideRenewal(facts([record]), shift(replaced.notAfter, dayMs));
    };

    test.each(['not_due', 'due', 'failed'] as const)(
      'decide: from %s, nobody was asked, and it starts again',
      (state) => {
        for (const closed of [{}, { closedAt: now }])
          expect(again(closed, 'not_due', state)).toMatchObject({ kind: 'reopen', to: 'not_due' });
      },
    );

    test.each(['requested', 'uncertain', 'issued'] as const)(
      'decide: from %s, a request that something else replaced still waits for its answer',
      (state) => {
        const asked = [
          { requestedAt: now },
          { bodyBegunAt: now },
          { requestedAt: now, issuedFingerprintSha256: '55'.repeat(32) },
        ];
        for (const more of asked) expect(again(more, state)).toMatchObject({ kind: 'reopen', to: state });
        expect(again({ requestedAt: now, closedAt: now }, state)).toMatchObject({ kind: 'reopen', to: state });
      },
    );

    test('decide: where it was renewed it is not asked for a second time', () => {
      const answered = { issuedFingerprintSha256: issued.fingerprintSha256, closedAt: now };
      for (const more of [{ requestedAt: now }, { bodyBegunAt: now }, {}]) {
        expect(again({ ...answered, ...more }, 'requested')).toMatchObject({
          kind: 'rest',
          reason: 'this certificate was replaced, but it is deployed again',
        });
        expect(again({ ...answered, ...more }, 'issued')).toMatchObject({
          kind: 'reopen',
          to: 'issued',
          reason:
            'this certificate is deployed again, and the one that was issued for its request can be put in place again',
        });
      }
    });

    test('decide: a renewal that has gone on after its end is told of anew', () => {
      const at = new Date(0);
      const transitions = (['requested', 'deployed', 'requested', 'deployed'] as const).map((state) => ({
        state,
        at,
        reason: say`was ${state}`,
      }));
      const { attempts } = stored('deployed');
      const told = { kind: 'closing' as const, occasion: attempts, tries: 1, failures: 0, triedAt: at, sentAt: at };
      const record = stored('deployed', { ...seen, transitions, notices: [told] });
      expect(deployed(record)).toMatchObject({ kind: 'notify', notice: 'closing' });
      expect(deployed({ ...record, notices: [told, { ...told, occasion: attempts + 1 }] }).kind).toBe('close');

      // Where two certificates take turns, the third end is the last that is told.
      const ends = (times: number) => Array.from({ length: times }, () => transitions.slice(0, 2)).flat();
      const notices = [told, { ...told, occasion: attempts + 1 }];
      expect(deployed({ ...record, notices, transitions: ends(3) })).toMatchObject({
        kind: 'notify',
        notice: 'closing',
      });
      const all = [...notices, { ...told, occasion: attempts + 2 }];
      for (const times of [3, 4, 40])
        expect(deployed({ ...record, notices: all, transitions: ends(times) }).kind).toBe('close');
    });
  });
});
