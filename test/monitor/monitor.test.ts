import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeployedCredential } from '../../src/credential/types.ts';
import type { Examination } from '../../src/examine/examine.ts';
import type { Actions } from '../../src/monitor/actions.ts';
import { inTurnMs, jitterMs } from '../../src/monitor/jitter.ts';
import { noSuccesses } from '../../src/monitor/last-successes.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { noStates } from '../../src/monitor/past-states.ts';
import type { RenewalInput } from '../../src/renewal/step.ts';
import { ResourceShortageError } from '../../src/shortage/error.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { literal } from '../../src/text/index.ts';
import { hourMs, minuteMs, secondMs } from '../../src/time/duration.ts';
import type { Assessment } from '../../src/verify/types.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import {
  sampleAssessment,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
  sampleNow,
} from '../support/status.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: sampleNow });
});
afterEach(() => {
  vi.useRealTimers();
});

const names = (...list: string[]) => sampleConfiguration(list.map((name) => sampleEnvironment({ name })));

function examination(assessment: Assessment, contentHash = 'hash'): Examination {
  const credential = { contentHash, bundle: [], extraCertificates: [], problems: [] } as unknown as DeployedCredential;
  return { credential, assessment, rehearsedAt: sampleNow };
}
const unreadable = sampleAssessment({
  certificates: [],
  failed: ['readable'],
  findings: [sampleFinding('certificate_unreadable')],
});

/** A monitor over actions that succeed, but for those that the test replaces. */
function monitorOf(
  configuration = names('a', 'b'),
  actions: Partial<Actions> = {},
  checkDeadlineMs = 1000,
  successes = noSuccesses,
  states = noStates,
) {
  const lines: { level: string; message: string; [field: string]: unknown }[] = [];
  const record = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields });
  const log = { info: record('info'), warn: record('warn'), error: record('error') } as never;
  const calls = {
    examine: vi.fn(actions.examine ?? (async () => examination(sampleAssessment()))),
    handshake: vi.fn(
      actions.handshake ??
        (async () => ({ result: sampleHandshake({ startedAt: new Date() }), contentHash: 'hash' as string })),
    ),
    renew: vi.fn(
      actions.renew ??
        (async (_input: RenewalInput) => ({
          status: { state: 'not_due' as const, reason: literal('far off') },
          findings: [],
          emailed: [],
        })),
    ),
  };
  const monitor = new Monitor(configuration, {
    actions: { ...actions, ...calls },
    now: () => new Date(),
    log,
    checkDeadlineMs,
    successes,
    states,
  });
  const status = (name: string) =>
    monitor.estate().environments.find((each) => each.name === name) as EnvironmentStatus;
  return { monitor, calls, lines, status };
}
test('the history of states begins when MESH has been asked, follows every change, and knows each day of watching', async () => {
  const noted: string[] = [];
  const days: Date[] = [];
  let assessment = sampleAssessment();
  const { monitor } = monitorOf(names('a'), { examine: async () => examination(assessment) }, 1000, noSuccesses, {
    ...noStates,
    note: (environment, status, cause) => void noted.push(`${environment} ${status} ${cause}`.trim()),
    watched: (_environments, at) => void days.push(at),
  });
  await monitor.checkAll();
  expect([noted, days]).toEqual([[], [sampleNow]]);
  await vi.advanceTimersByTimeAsync(minuteMs);
  expect(new Set(noted)).toEqual(new Set(['a ok']));
  assessment = unreadable;
  await monitor.checkAll();
  expect(noted.at(-1)).toBe('a critical certificate_unreadable');
  expect(days).toHaveLength(2);
  await monitor.stop();
});

const startsOf = (calls: { handshake: { mock: { calls: unknown[][] } } }, name: string) =>
  calls.handshake.mock.calls.filter(([environment]) => (environment as { name: string }).name === name).length;

describe('a cycle', () => {
  test('looks at every environment, and the estate is ready after the first', async () => {
    const { monitor, status } = monitorOf();
    expect(monitor.estate().ready).toBe(false);
    expect(status('a').lastRunAt).toBeUndefined();
    await monitor.checkAll();
    expect(monitor.estate().ready).toBe(true);
    expect(monitor.estate().environments.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(status('b')).toMatchObject({ lastRunAt: sampleNow, status: 'ok', certificates: { length: 3 } });
  });

  test('an environment that throws changes nothing of the others, and keeps what was known of it', async () => {
    let broken = false;
    const { monitor, status, lines } = monitorOf(names('a', 'b'), {
      examine: async ({ name }) => {
        if (broken && name === 'a') throw new Error('a bug');
        return examination(sampleAssessment());
      },
    });
    await monitor.checkAll();
    const before = status('a');
    broken = true;
    vi.setSystemTime(sampleNow.getTime() + 5 * minuteMs);
    await monitor.checkAll();
    expect(status('a')).toBe(before);
    expect(status('b').lastRunAt).toEqual(new Date(sampleNow.getTime() + 5 * minuteMs));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', environment: 'a', error: 'Error: a bug' }));
  });

  test('the same bug is logged once, not at every cycle, and again after it was gone', async () => {
    let broken = true;
    const { monitor, lines } = monitorOf(names('a'), {
      examine: async () => {
        if (broken) throw new Error('a bug');
        return examination(sampleAssessment());
      },
    });
    const faults = () => lines.filter(({ error }) => error === 'Error: a bug').length;
    await monitor.checkAll();
    await monitor.checkAll();
    expect(faults()).toBe(1);
    broken = false;
    await monitor.checkAll();
    broken = true;
    await monitor.checkAll();
    expect(faults()).toBe(2);
  });

  test('an environment that hangs is left at its deadline, delays no other, and is not begun twice', async () => {
    let release = () => {};
    const hanging = new Promise<Examination>((resolve) => {
      release = () => resolve(examination(sampleAssessment()));
    });
    const { monitor, calls, status } = monitorOf(names('a', ...'bcdefghijklm'), {
      examine: async ({ name }) => (name === 'a' ? hanging : examination(sampleAssessment())),
    });
    const cycle = monitor.checkAll();
    await vi.advanceTimersByTimeAsync(1);
    for (const name of 'bcdefghijklm') expect(status(name).lastRunAt).toBeDefined();
    expect(monitor.estate().ready).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await cycle;
    expect(monitor.estate().ready).toBe(true);
    expect(status('a').lastRunAt).toBeUndefined();
    await monitor.checkAll();
    const begun = () => calls.examine.mock.calls.filter(([{ name }]) => name === 'a').length;
    expect(begun()).toBe(1);
    release();
    await vi.advanceTimersByTimeAsync(1);
    await monitor.checkAll();
    expect(begun()).toBe(2);
    expect(status('a').lastRunAt).toBeDefined();
  });

  test('a file gone bad keeps its dates, and says so', async () => {
    let bad = false;
    const { monitor, status } = monitorOf(names('a', 'b'), {
      examine: async ({ name }) => examination(bad && name === 'a' ? unreadable : sampleAssessment()),
    });
    await monitor.checkAll();
    const [before, other] = [status('a'), status('b')];
    bad = true;
    await monitor.checkAll();
    expect(status('a')).toMatchObject({ certificates: before.certificates, expiresAt: before.expiresAt });
    expect(status('a').assessment?.checks.readable).toBe(false);
    expect(status('a').status).toBe('critical');
    expect(status('b')).toEqual(other);
  });

  test('logs what has changed, and nothing when nothing has', async () => {
    let bad = false;
    const { monitor, lines } = monitorOf(names('a'), {
      examine: async () => examination(bad ? unreadable : sampleAssessment()),
    });
    await monitor.checkAll();
    expect(lines).toEqual([{ level: 'info', environment: 'a', from: undefined, to: 'ok', message: 'status' }]);
    lines.length = 0;
    await monitor.checkAll();
    expect(lines).toEqual([]);
    bad = true;
    await monitor.checkAll();
    expect(lines.map(({ level, message, code, to }) => [level, message, code ?? to])).toEqual([
      ['error', 'finding', 'certificate_unreadable'],
      ['error', 'status', 'critical'],
    ]);
    lines.length = 0;
    await monitor.checkAll();
    expect(lines).toEqual([]);
    bad = false;
    await monitor.checkAll();
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'finding cleared'],
      ['info', 'status'],
    ]);
  });
});

describe('what an earlier process knew', () => {
  const known = sampleAssessment({ assessedAt: new Date(sampleNow.getTime() - hourMs) });

  test('is shown at once, with its own time, until the first check has ended', async () => {
    const examining = Promise.withResolvers<Examination>();
    const { monitor, status, calls } = monitorOf(names('a', 'b'), {
      recall: async () => known,
      examine: () => examining.promise,
    });
    const cycle = monitor.checkAll();
    await vi.advanceTimersByTimeAsync(1);
    expect(monitor.estate().ready).toBe(true);
    expect(status('a')).toMatchObject({ status: 'ok', lastRunAt: known.assessedAt, assessment: { valid: true } });
    expect(status('a').certificates).toHaveLength(3);
    expect(calls.renew).not.toHaveBeenCalled();
    examining.resolve(examination(unreadable));
    await cycle;
    await monitor.settled();
    expect(status('a')).toMatchObject({ status: 'critical', lastRunAt: new Date() });
    expect(calls.renew).toHaveBeenCalledTimes(2);
  });

  test('of some environments only: the others are examined first, and then the service is ready', async () => {
    const examined: string[] = [];
    const examining = Promise.withResolvers<Examination>();
    const { monitor, status } = monitorOf(names('a', 'b', 'c'), {
      recall: async ({ name }) => (name === 'b' ? undefined : known),
      examine: ({ name }) => {
        examined.push(name);
        return name === 'b' ? examining.promise : new Promise(() => {});
      },
    });
    void monitor.checkAll();
    await vi.advanceTimersByTimeAsync(1);
    expect([monitor.estate().ready, status('a').lastRunAt, status('b').lastRunAt]).toEqual([
      false,
      known.assessedAt,
      undefined,
    ]);
    expect(examined).toEqual(['b']);
    examining.resolve(examination(sampleAssessment()));
    await vi.advanceTimersByTimeAsync(1);
    expect(monitor.estate().ready).toBe(true);
    expect(examined).toEqual(['b', 'a', 'c']);
    await Promise.all([monitor.stop(), vi.advanceTimersByTimeAsync(minuteMs)]);
  });

  test('of many environments is said in turns: others have theirs', async () => {
    vi.useRealTimers();
    const many = names(...Array.from({ length: 300 }, (_, index) => `environment-${index}`));
    let [turnsOfOthers, isOver] = [0, false];
    const others = () => {
      turnsOfOthers += 1;
      if (!isOver) setImmediate(others);
    };
    const { monitor } = monitorOf(many, {
      recall: async () => {
        for (const end = performance.now() + 1; performance.now() < end; );
        return known;
      },
    });
    others();
    const cycle = monitor.checkAll();
    await vi.waitFor(() => expect(monitor.estate().ready).toBe(true), { timeout: 10_000 });
    isOver = true;
    expect(turnsOfOthers).toBeGreaterThan(30);
    await Promise.all([cycle, monitor.stop()]);
  });
});

describe('files that are read together', () => {
  const many = (count: number) => names(...Array.from({ length: count }, (_, index) => `environment-${index}`));
  const filesOf = (environments: readonly { readonly name: string }[]) =>
    new Map(environments.map(({ name }) => [name, { bytes: Buffer.from(name), mode: 0o600, mark: name }]));
  const given = (calls: { examine: { mock: { calls: unknown[][] } } }) =>
    calls.examine.mock.calls.map(([environment, , , files]) =>
      (files as ReadonlyMap<string, unknown>).has((environment as { name: string }).name),
    );

  test('go to the examinations, a few at a time', async () => {
    const lots: number[] = [];
    const { monitor, calls } = monitorOf(many(70), {
      readFiles: async (environments) => {
        lots.push(environments.length);
        return filesOf(environments);
      },
    });
    await monitor.checkAll();
    expect(lots).toEqual([32, 32, 6]);
    expect(given(calls)).toEqual(Array(70).fill(true));
  });

  test('are not when there are few: a thread would cost more than it saves', async () => {
    const readFiles = vi.fn(async (environments: readonly { readonly name: string }[]) => filesOf(environments));
    const { monitor, calls } = monitorOf(many(63), { readFiles });
    await monitor.checkAll();
    expect(readFiles).not.toHaveBeenCalled();
    expect(given(calls)).toEqual(Array(63).fill(false));
  });

  test('are read again by themselves if others took long before it was their turn', async () => {
    const { monitor, calls } = monitorOf(many(64), {
      readFiles: async (environments) => filesOf(environments),
      examine: async () => {
        await vi.advanceTimersByTimeAsync(900);
        return examination(sampleAssessment());
      },
    });
    await monitor.checkAll();
    expect(given(calls)).toEqual([...Array(16).fill(true), ...Array(48).fill(false)]);
  });

  test('or not, when there is no thread for it: then each is read by itself', async () => {
    const { monitor, calls, lines } = monitorOf(many(70), {
      readFiles: async () => {
        throw new Error('no thread');
      },
    });
    await monitor.checkAll();
    expect(given(calls)).toEqual(Array(70).fill(false));
    expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'the files could not be read together; each is read by itself',
    ]);
  });
});

describe('renewals', () => {
  test('a fault that stops them is a finding, and not only a line in the log', async () => {
    let broken = false;
    const { monitor, status } = monitorOf(names('a', 'b'), {
      renew: async ({ environment }) => {
        if (broken && environment.name === 'a') throw new TypeError('a bug');
        const known = { state: 'requested', reason: literal('as told') } as const;
        return { status: known, findings: [sampleFinding('renewal_unanswered')], emailed: [] };
      },
    });
    await monitor.checkAll();
    broken = true;
    await monitor.checkAll();
    await monitor.checkAll();
    const codes = (name: string) => status(name).findings.map(({ code }) => code);
    expect(codes('a').sort()).toEqual(['renewal_email_failed', 'renewal_unanswered']);
    expect([status('a').renewal.state, status('a').status]).toEqual(['requested', 'warning']);
    expect(codes('b')).toEqual(['renewal_unanswered']);
    broken = false;
    await monitor.checkAll();
    expect(codes('a')).toEqual(['renewal_unanswered']);
  });

  test('follow a check, with its assessment and the last handshake, and their messages are counted', async () => {
    const { monitor, calls, status } = monitorOf(names('a'), {
      renew: async () => ({
        status: { state: 'requested', reason: literal('asked') },
        findings: [sampleFinding('renewal_unanswered')],
        emailed: ['sent'],
      }),
    });
    await monitor.checkAll();
    await monitor.settled();
    await monitor.checkAll();
    await monitor.settled();
    expect(calls.renew.mock.calls[0]?.[0]).toMatchObject({ environment: { name: 'a' }, assessment: { valid: true } });
    expect(status('a')).toMatchObject({
      renewal: { state: 'requested' },
      emails: { sent: 2, failed: 0, drafted: 0 },
      status: 'warning',
    });
  });

  test('that are under way hear at once what a handshake says; others wait for the next check', async () => {
    let state: 'not_due' | 'due' = 'not_due';
    const { monitor, calls } = monitorOf(names('a'), {
      renew: async () => ({ status: { state, reason: literal('as told') }, findings: [], emailed: [] }),
    });
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(secondMs);
    expect([startsOf(calls, 'a'), calls.renew.mock.calls.length]).toEqual([1, 1]);
    state = 'due';
    await monitor.checkAll();
    await monitor.handshakeAll();
    await vi.advanceTimersByTimeAsync(hourMs);
    expect([startsOf(calls, 'a'), calls.renew.mock.calls.length]).toEqual([2, 3]);
    expect(calls.renew.mock.calls[2]?.[0]).toMatchObject({
      handshake: { outcome: 'success' },
      assessment: { valid: true },
    });
  });

  test('a mail server that hangs delays no check, and no second step is begun meanwhile', async () => {
    const { monitor, calls, status } = monitorOf(names('a', 'b'), { renew: () => new Promise(() => {}) });
    await monitor.checkAll();
    vi.setSystemTime(sampleNow.getTime() + minuteMs);
    await monitor.checkAll();
    expect(status('a').lastRunAt).toEqual(new Date(sampleNow.getTime() + minuteMs));
    expect(calls.renew).toHaveBeenCalledTimes(2);
  });
});

describe('an environment without its certificate', () => {
  const credential = {
    contentHash: 'hash',
    bundle: [],
    extraCertificates: [],
    problems: [],
    missing: ['certificate'],
  } as unknown as DeployedCredential;
  const nothing: Examination = { credential, assessment: unreadable, rehearsedAt: sampleNow };
  const awaited = {
    status: { state: 'not_due' as const, reason: literal('none yet'), first: 'awaited' as const },
    findings: [sampleFinding('first_certificate_awaited')],
  };
  const unusable = async () => ({ result: sampleFailedHandshake('credential_unusable', { startedAt: new Date() }) });

  test('that waits for its first is never critical, not even before its renewal has been looked into', async () => {
    const { monitor, status, lines } = monitorOf(names('a'), {
      examine: async () => nothing,
      viewRenewal: () => awaited,
      renew: () => new Promise(() => {}),
    });
    await monitor.checkAll();
    expect(status('a').findings.map(({ code }) => code)).toEqual(['first_certificate_awaited']);
    expect(lines.map(({ message, status }) => [message, status])).not.toContainEqual(['status', 'critical']);
  });

  test('counts no handshake before the first check has said whether it waits, and one at once if it does not', async () => {
    let found: (examination: Examination) => void = () => {};
    const { monitor, status, calls } = monitorOf(
      names('a'),
      { examine: () => new Promise((resolve) => (found = resolve)), handshake: unusable },
      hourMs,
    );
    const cycle = monitor.checkAll();
    await vi.advanceTimersByTimeAsync(10 * secondMs);
    expect(calls.handshake.mock.calls.length).toBeGreaterThan(1);
    expect(status('a').handshake.totals).toEqual({ success: 0, failure: 0 });
    found(nothing);
    await cycle;
    await vi.advanceTimersByTimeAsync(2 * secondMs);
    expect(status('a').handshake.totals).toEqual({ success: 0, failure: 1 });
    await monitor.stop();
  });
});

describe('handshakes', () => {
  test('come soon after the start, each at its own moment', async () => {
    const { calls } = monitorOf(names('a', 'b', 'c', 'd'));
    expect(calls.handshake).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(4 * 250);
    for (const name of 'abcd') expect(startsOf(calls, name)).toBe(1);
  });

  test('of a round are spread over at most five minutes, always at the same place', async () => {
    const { monitor, calls } = monitorOf(names('a'));
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    await monitor.handshakeAll();
    const mine = jitterMs('a', 5 * minuteMs);
    expect(mine).toBeLessThan(5 * minuteMs);
    await vi.advanceTimersByTimeAsync(mine - 1);
    expect(startsOf(calls, 'a')).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(startsOf(calls, 'a')).toBe(2);
  });

  test('of one environment are five minutes apart, whatever asks for them', async () => {
    const { monitor, calls } = monitorOf(names('a'));
    await vi.advanceTimersByTimeAsync(secondMs);
    expect(startsOf(calls, 'a')).toBe(1);
    for (const port of [2, 3, 4]) {
      const mesh = { ...sampleEnvironment().mesh, url: `https://localhost:${port}` };
      monitor.adopt(sampleConfiguration([sampleEnvironment({ name: 'a', mesh })]));
      await monitor.handshakeAll();
      await vi.advanceTimersByTimeAsync(minuteMs);
    }
    expect(startsOf(calls, 'a')).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * minuteMs);
    expect(startsOf(calls, 'a')).toBe(2);
    expect(calls.handshake.mock.calls[1]?.[0].mesh.url).toBe('https://localhost:4');
  });

  test('wait for as long as a 429 asks, whatever rounds come in between', async () => {
    const limited = () =>
      sampleFailedHandshake('rate_limited', { startedAt: new Date(), httpStatus: 429, retryAfterSeconds: 5400 });
    const { monitor, calls } = monitorOf(names('a'), { handshake: async () => ({ result: limited() }) });
    await vi.advanceTimersByTimeAsync(secondMs);
    expect(startsOf(calls, 'a')).toBe(1);
    for (let minutes = 0; minutes < 85; minutes += 5) {
      await monitor.handshakeAll();
      await vi.advanceTimersByTimeAsync(5 * minuteMs);
    }
    expect(startsOf(calls, 'a')).toBe(1);
    await vi.advanceTimersByTimeAsync(5 * minuteMs);
    expect(startsOf(calls, 'a')).toBe(2);
  });

  test('are counted, and the reason is judged', async () => {
    const { monitor, status, lines } = monitorOf(names('a'), {
      handshake: async () => ({ result: sampleFailedHandshake('connection_refused', { startedAt: new Date() }) }),
    });
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(secondMs);
    expect(status('a').handshake).toMatchObject({
      last: { reason: 'connection_refused' },
      totals: { success: 0, failure: 1 },
    });
    expect(status('a').findings.map(({ code }) => code)).toContain('handshake_failed');
    expect(lines).toContainEqual(expect.objectContaining({ message: 'handshake fails', reason: 'connection_refused' }));
  });

  test('follow a credential that was changed, once', async () => {
    let contentHash = 'hash';
    const { monitor, calls } = monitorOf(names('a'), {
      examine: async () => examination(sampleAssessment(), contentHash),
      handshake: async () => ({ result: sampleHandshake({ startedAt: new Date() }), contentHash }),
    });
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    expect(startsOf(calls, 'a')).toBe(1);
    contentHash = 'another';
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(secondMs);
    expect(startsOf(calls, 'a')).toBe(2);
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(hourMs);
    expect(startsOf(calls, 'a')).toBe(2);
  });

  test('of an earlier process count: a day after the last that succeeded it is said, however young this process', async () => {
    const failing = { handshake: async () => ({ result: sampleFailedHandshake('server_error') }) };
    const codes = async (lastSuccessAt: Date) => {
      const successes = { ...noSuccesses, last: () => lastSuccessAt };
      const { monitor, status } = monitorOf(names('a'), failing, 1000, successes);
      const before = status('a').findings.map(({ code }) => code);
      await vi.advanceTimersByTimeAsync(2 * secondMs);
      await monitor.stop();
      return [before, status('a').findings.map(({ code }) => code)];
    };
    const dayAgo = new Date(Date.now() - 24 * hourMs);
    // Before it has tried there is nothing to blame MESH, or anybody, for.
    expect(await codes(dayAgo)).toEqual([[], ['handshake_failed', 'mailbox_not_validated_recently']]);
    expect(await codes(new Date(Date.now() - 23 * hourMs))).toEqual([[], ['handshake_failed']]);
  });

  test('that succeed are noted for the next process, and no others', async () => {
    const noted: [string, Date][] = [];
    const successes = { ...noSuccesses, note: (name: string, at: Date) => void noted.push([name, at]) };
    const startedAt = new Date();
    const handshake: Actions['handshake'] = async ({ name }) => ({
      result: name === 'a' ? sampleHandshake({ startedAt }) : sampleFailedHandshake('server_error'),
    });
    const { monitor } = monitorOf(names('a', 'b'), { handshake }, 1000, successes);
    await vi.advanceTimersByTimeAsync(2 * secondMs);
    await monitor.stop();
    expect(noted).toEqual([['a', startedAt]]);
  });

  test('keep a bounded history, with certificates of the last chain only', async () => {
    const { monitor, status } = monitorOf(names('a'));
    for (let hour = 0; hour < 30; hour += 1) {
      await monitor.handshakeAll();
      await vi.advanceTimersByTimeAsync(hourMs);
    }
    const { history, totals } = status('a').handshake;
    expect(totals.success).toBe(30);
    expect(history).toHaveLength(24);
    expect(history.map(({ serverCertificates }) => serverCertificates.length)).toEqual([...Array(23).fill(0), 1]);
  });
});

describe('a reloaded configuration', () => {
  test('keeps counters and the last known dates of an environment that keeps its name', async () => {
    let assessment = sampleAssessment();
    const { monitor, status } = monitorOf(names('a'), { examine: async () => examination(assessment) });
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(secondMs);
    const before = status('a');
    assessment = unreadable;
    monitor.adopt(names('a', 'new'));
    await monitor.checkAll();
    expect(status('a')).toMatchObject({
      certificates: before.certificates,
      expiresAt: before.expiresAt,
      handshake: { totals: { success: 1 } },
    });
    expect(status('new').certificates).toEqual([]);
    expect(monitor.estate().configuration.lastReloadSuccessful).toBe(true);
  });

  test('forgets an environment that was taken out, and its handshake', async () => {
    const { monitor, calls } = monitorOf(names('a', 'b'));
    monitor.adopt(names('b'));
    await vi.advanceTimersByTimeAsync(hourMs);
    expect(monitor.estate().environments.map(({ name }) => name)).toEqual(['b']);
    expect(startsOf(calls, 'a')).toBe(0);
  });

  test('without a credential drops the dates that belonged to one', async () => {
    const { monitor, status } = monitorOf(names('a'));
    await monitor.checkAll();
    const { credential, ...sandbox } = sampleEnvironment({ name: 'a' });
    monitor.adopt(sampleConfiguration([sandbox]));
    expect(status('a')).toMatchObject({ credentialConfigured: false, certificates: [] });
    expect(status('a')).not.toHaveProperty('assessment');
    expect(status('a')).not.toHaveProperty('expiresAt');
  });

  test('that is refused leaves its mark until one is taken over', () => {
    const { monitor } = monitorOf();
    monitor.refuse();
    expect(monitor.estate().configuration).toMatchObject({
      lastReloadSuccessful: false,
      lastReloadSuccessAt: sampleNow,
    });
    monitor.adopt(names('a'));
    expect(monitor.estate().configuration.lastReloadSuccessful).toBe(true);
  });
});

describe('stopping', () => {
  test('ends handshakes, begins nothing, and leaves no timer', async () => {
    const { monitor, calls, lines } = monitorOf(names('a', 'b'), {
      handshake: (_environment, _last, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    await vi.advanceTimersByTimeAsync(inTurnMs(0, 2, 'a', 500));
    expect(startsOf(calls, 'a')).toBe(1);
    await monitor.stop();
    await monitor.checkAll();
    await monitor.handshakeAll();
    expect(vi.getTimerCount()).toBe(0);
    expect(calls.examine).not.toHaveBeenCalled();
    expect(lines).toEqual([]);
  });

  test('waits for a renewal that is being sent', async () => {
    let sent = false;
    const { monitor } = monitorOf(names('a'), {
      renew: async () => {
        await new Promise((resolve) => setTimeout(resolve, 3000));
        sent = true;
        return { status: { state: 'requested', reason: literal('asked') }, findings: [], emailed: ['sent'] };
      },
    });
    await monitor.checkAll();
    const stopped = monitor.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await stopped;
    expect(sent).toBe(true);
  });
});

test('certificates of two environments never mix', async () => {
  const { monitor, status } = monitorOf(names('a', 'b'), {
    examine: async ({ name }) =>
      examination(sampleAssessment({ certificates: sampleChain({ subjectText: `CN=${name}` }) })),
  });
  await monitor.checkAll();
  expect(status('a').certificates[0]?.certificate.subject.text).toBe('CN=a');
  expect(status('b').certificates[0]?.certificate.subject.text).toBe('CN=b');
});

describe('a shortage in this process', () => {
  const short = () => Promise.reject(new ResourceShortageError('no descriptor left'));

  test('leaves what was known, is one line for all environments, and each is looked at again soon', async () => {
    let lacking = false;
    const { monitor, status, lines, calls } = monitorOf(names('a', 'b', 'c'), {
      examine: () => (lacking ? short() : Promise.resolve(examination(sampleAssessment()))),
    });
    await monitor.checkAll();
    const before = monitor.estate().environments;
    lacking = true;
    await monitor.checkAll();
    expect(monitor.estate().environments).toEqual(before);
    const told = () => lines.filter(({ error }) => error === 'no descriptor left');
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({ level: 'error', message: 'check did not end; the last known state stays' });
    expect(told()[0]).not.toHaveProperty('stack');
    lacking = false;
    const asked = calls.examine.mock.calls.length;
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(calls.examine.mock.calls.length).toBe(asked + 3);
    expect(status('a').lastRunAt).not.toEqual(before[0]?.lastRunAt);
    lacking = true;
    await monitor.checkAll();
    expect(told()).toHaveLength(2);
    await monitor.stop();
  });

  test('cuts off a handshake, which counts as none and is made again soon, not in an hour', async () => {
    let lacking = true;
    const { monitor, status, calls } = monitorOf(names('a'), {
      handshake: () =>
        lacking ? short() : Promise.resolve({ result: sampleHandshake({ startedAt: new Date() }), contentHash: 'h' }),
    });
    await monitor.checkAll();
    await vi.advanceTimersByTimeAsync(secondMs);
    expect(startsOf(calls, 'a')).toBe(1);
    expect(status('a').handshake).toMatchObject({ totals: { success: 0, failure: 0 }, history: [] });
    lacking = false;
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(startsOf(calls, 'a')).toBe(2);
    expect(status('a').handshake.totals.success).toBe(1);
    await monitor.stop();
  });
});
