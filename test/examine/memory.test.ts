/** What is remembered says what a fresh look would say: random histories of files, times and configurations, judged both ways. */
import { beforeAll, expect, test, vi } from 'vitest';
import type { CredentialInputs } from '../../src/credential/read.ts';
import { type Examination, examineSources } from '../../src/examine/examine.ts';
import { dayMs } from '../../src/time/duration.ts';
import * as assessing from '../../src/verify/assess.ts';
import type { AssessmentPolicy } from '../../src/verify/types.ts';
import { parsed } from '../support/credential/deployed.ts';
import { ca, date, keysFor, leaf, type Made } from '../support/pki.ts';
import { random } from '../support/random.ts';

vi.mock('../../src/verify/assess.ts', { spy: true });

const given = (what: string, text: string) => ({ kind: 'given', what, bytes: Buffer.from(text) }) as const;

let clients: Made[];
let authorities: Made[];
beforeAll(async () => {
  const old = await ca({ cn: 'Root', notBefore: date('2024-01-01'), notAfter: date('2028-03-01T12:00:00Z') });
  const keys = await keysFor('ec-p256', 'sub');
  const sub = { cn: 'Sub', keys, subjectKeyIdentifier: null };
  const root = await ca({ cn: 'Root', keys: old.keys, notBefore: date('2026-05-01'), notAfter: date('2031-01-01') });
  const first = await ca({ ...sub, issuer: old, notBefore: date('2024-02-01'), notAfter: date('2027-06-01') });
  const second = await ca({ ...sub, issuer: root, notBefore: date('2027-01-10'), notAfter: date('2029-01-01') });
  const other = await ca({ cn: 'Other', notAfter: date('2026-12-24') });
  authorities = [old, root, first, second, other];
  clients = [
    await leaf({ issuer: first, notBefore: date('2026-01-01'), notAfter: date('2027-02-03T04:05:06Z') }),
    await leaf({ issuer: first, notBefore: date('2026-12-01'), notAfter: date('2027-12-01') }),
    await leaf({ issuer: other, notBefore: date('2026-01-01'), notAfter: date('2028-01-01') }),
  ];
});

const policies: AssessmentPolicy[] = [
  { chainOrder: 'root-first', thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs } },
  { chainOrder: 'leaf-first', thresholds: { warningMs: 3 * dayMs, criticalMs: 60 * dayMs }, odsCode: 'X26' },
  { chainOrder: 'root-first', thresholds: { warningMs: 400 * dayMs, criticalMs: dayMs }, mailboxId: 'Y1' },
];

/** A moment at which something changes, one beside it, or any other. */
function momentAfter(now: number, next: () => number): number {
  const made = [...clients, ...authorities][Math.floor(next() * (clients.length + authorities.length))]!;
  const { notBefore, notAfter } = parsed(made);
  const edges = [notBefore.getTime(), notAfter.getTime()];
  const thresholds = [0, ...policies.flatMap(({ thresholds: each }) => [each.warningMs, each.criticalMs])];
  const kind = next();
  if (kind < 0.55) return now + Math.floor(next() * 2 * dayMs);
  if (kind < 0.6) return now - Math.floor(next() * 400 * dayMs);
  const edge = edges[Math.floor(next() * 2)]! - thresholds[Math.floor(next() * thresholds.length)]!;
  return edge + Math.floor(next() * 5) - 2 - (next() < 0.3 ? Math.floor(next() * 10) * dayMs : 0);
}

test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))('history %i', async (seed) => {
  const next = random(seed);
  let now = date('2026-11-01').getTime();
  let sources: CredentialInputs = {};
  let policy = policies[0]!;
  let last: Examination | undefined;
  let remembered = 0;
  for (let step = 0; step < 150; step += 1) {
    if (step === 0 || next() < 0.1) {
      const bundle = authorities.filter(() => next() < 0.7).sort(() => next() - 0.5);
      sources = {
        certificate: given(
          'certificate',
          clients[Math.floor(next() * clients.length)]!.pem + (next() < 0.2 ? authorities[2]!.pem : ''),
        ),
        caBundle: given('bundle', bundle.map(({ pem }) => pem).join('') || 'nothing'),
      };
    }
    if (next() < 0.1) policy = policies[Math.floor(next() * policies.length)]!;
    now = momentAfter(now, next);
    const at = new Date(now);
    const before = vi.mocked(assessing.assess).mock.calls.length;
    last = await examineSources(sources, policy, {}, at, last);
    if (vi.mocked(assessing.assess).mock.calls.length === before) remembered += 1;
    expect(last.assessment, `${seed}, step ${step}, ${at.toISOString()}`).toEqual(
      (await examineSources(sources, policy, {}, at)).assessment,
    );
  }
  expect(remembered).toBeGreaterThan(0);
});

test('an unchanged credential is assessed once, however often it is looked at, until something can change', async () => {
  const sources = {
    certificate: given('certificate', clients[0]!.pem),
    caBundle: given('bundle', authorities.map(({ pem }) => pem).join('')),
  };
  const from = date('2026-11-01').getTime();
  let last: Examination | undefined;
  vi.mocked(assessing.assess).mockClear();
  for (let minutes = 0; minutes < 20 * 24 * 60; minutes += 5)
    last = await examineSources(sources, policies[0]!, {}, new Date(from + minutes * 60_000), last);
  expect(last?.assessment.assessedAt).toEqual(new Date(from + 20 * dayMs - 5 * 60_000));
  // Twice around the day on which “Other”, which ends on 24 December, comes within the 45 days, and then once a day.
  expect(vi.mocked(assessing.assess).mock.calls.length).toBeLessThanOrEqual(20);
});
