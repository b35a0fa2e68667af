/** A step that promises to say the same until some moment does, at any moment before it; and what it depends on shows in the circumstances. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRenewals, type RenewalInput, type Renewals } from '../../src/renewal/index.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';
import { sampleConfiguration } from '../support/configuration.ts';
import { random } from '../support/random.ts';
import { subjectNamed } from '../support/renewal/due.ts';
import { sampleCertificate } from '../support/status.ts';

const start = new Date('2026-11-24T09:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const quiet = { info: () => {}, warn: () => {} };

let stateDir: string;
let renewals: Renewals;
let monotonicMs: number;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'renewal-rest-'));
  monotonicMs = 0;
  const configuration = { ...sampleConfiguration(), stateDir };
  renewals = createRenewals(configuration, {}, quiet, start, () => monotonicMs);
});
afterEach(async () => {
  await renewals.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** With a certificate and a CA that end so many days from the start. */
function subject(name: string, clientDays: number, caDays: number, windowDays: number): RenewalInput {
  const { environment, assessment, credential } = subjectNamed(name);
  const certificates = assessment?.certificates.map((each) => ({
    ...each,
    certificate: { ...each.certificate, notAfter: later(clientDays * dayMs) },
  }));
  const authority = sampleCertificate({ subjectText: 'CN=Sub', notAfter: later(caDays * dayMs) });
  const path = [...(certificates ?? []), { role: 'intermediate' as const, onPath: true, certificate: authority }];
  return {
    environment: { ...environment, renewal: { ...environment.renewal, windowMs: windowDays * dayMs } },
    ...(assessment ? { assessment: { ...assessment, certificates: path } } : {}),
    credential,
  };
}

const asOf = (input: RenewalInput, now: Date): RenewalInput => ({
  ...input,
  ...(input.assessment ? { assessment: { ...input.assessment, assessedAt: now } } : {}),
});

/** As time goes by, without a clock that is set. */
async function stepAt(input: RenewalInput, ms: number) {
  monotonicMs = ms;
  return renewals.step(asOf(input, later(ms)), later(ms));
}

test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
  'a step that rests says the same until then (%i)',
  async (seed) => {
    const next = random(seed);
    const input = subject(`one-${seed}`, 100 + next() * 900, 400 + next() * 1500, 10 + next() * 80);
    const { until, ...first } = await stepAt(input, dayMs);
    expect(until).toBeDefined();
    const left = (until?.getTime() ?? 0) - later(dayMs).getTime();
    const moments = Array.from({ length: 6 }, () => dayMs + Math.floor(next() * left)).sort((a, b) => a - b);
    for (const moment of [...moments, dayMs + left - 1]) {
      const { until: still, ...again } = await stepAt(input, moment);
      expect({ ...again, moment }).toEqual({ ...first, moment });
      expect(still).toEqual(until);
    }
  },
);

test('where nothing is requested until a person asks, a step rests until the certificate expires', async () => {
  const given = subject('manual', 100, 3000, 60);
  const { renewal } = given.environment;
  const manual: RenewalInput = {
    ...given,
    environment: { ...given.environment, renewal: { ...renewal, mode: 'manual' } },
  };
  expect((await stepAt(manual, dayMs)).until).toEqual(later(100 * dayMs));
  const { until, ...last } = await stepAt(manual, 100 * dayMs - 1);
  expect(until).toEqual(later(100 * dayMs));
  expect((await stepAt(manual, 100 * dayMs + 1)).status.reason).not.toEqual(last.status.reason);
});

describe('no step rests', () => {
  test('that has something to report, or something to do', async () => {
    expect((await stepAt(subject('due', 20, 2000, 60), dayMs)).until).toBeUndefined();
    const { assessment, ...nothing } = subject('unreadable', 400, 2000, 60);
    expect((await stepAt(nothing, dayMs)).until).toBeUndefined();
  });

  test('beyond the moment at which its window opens, or at which a CA is too old for the next certificate', async () => {
    expect((await stepAt(subject('window', 100, 3000, 60), dayMs)).until).toEqual(later(40 * dayMs));
    expect((await stepAt(subject('ca', 900, 3 * 365 + 50, 60), dayMs)).until).toEqual(later(50 * dayMs));
  });
});

describe('the circumstances', () => {
  const at = (ms: number) => {
    monotonicMs = ms;
    return renewals.circumstances(later(ms));
  };

  test('are the same from cycle to cycle, and change with a record of this or another process', async () => {
    await stepAt(subject('one', 400, 2000, 60), dayMs);
    // From here on the clock is trusted.
    const before = at(2 * dayMs);
    for (let cycle = 1; cycle < 10; cycle += 1) expect(at(2 * dayMs + cycle * 5 * minuteMs)).toBe(before);
    await stepAt(subject('one', 400, 2000, 60), 2 * dayMs + hourMs);
    expect(at(2 * dayMs + 2 * hourMs)).toBe(before);
    await stepAt(subject('two', 400, 2000, 60), 2 * dayMs + 3 * hourMs);
    const own = at(2 * dayMs + 4 * hourMs);
    expect(own).not.toBe(before);
    const other = openStore(stateDir, { exclusive: false });
    const [record] = other.list('one');
    if (record) other.note(record, { lastError: 'noted by hand' });
    other.close();
    expect(at(2 * dayMs + 5 * hourMs)).not.toBe(own);
  });

  test('change when the clock is set, when settings change, and when the state directory is gone', async () => {
    const before = at(2 * dayMs);
    monotonicMs = 2 * dayMs + minuteMs;
    const set = renewals.circumstances(later(40 * dayMs));
    expect(set).not.toBe(before);
    renewals.reconfigure({ ...sampleConfiguration(), stateDir });
    const reconfigured = renewals.circumstances(later(40 * dayMs));
    expect(reconfigured).not.toBe(set);
    rmSync(stateDir, { recursive: true });
    const gone = renewals.circumstances(later(40 * dayMs));
    expect(gone).not.toBe(reconfigured);
    expect(renewals.circumstances(later(40 * dayMs))).not.toBe(gone);
  });
});
