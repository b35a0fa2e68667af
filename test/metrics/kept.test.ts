/** What is kept between scrapes never shows: the text is always the one that a new exposition would write. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type GzipPart, textOf } from '../../src/gzip/index.ts';
import { environmentsInBlock } from '../../src/metrics/blocks.ts';
import { metricNames } from '../../src/metrics/catalogue.ts';
import { Exposition, mostAwaited } from '../../src/metrics/exposition.ts';
import { type ExpositionFormat, familyText, labelValue, withoutHead } from '../../src/metrics/format.ts';
import { isOfEnvironment, series } from '../../src/metrics/series.ts';
import type { EnvironmentStatus, EstateStatus } from '../../src/status/types.ts';
import { literal } from '../../src/text/index.ts';
import { publishText } from '../support/exposition.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  everyEnvironment,
  handshakeStatusOf,
  sampleAssessment,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
} from '../support/status.ts';

const build = { version: '1.2.3', nodeVersion: '24.0.0' };

async function zipped(exposition: Exposition, estate: EstateStatus, format: ExpositionFormat): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of exposition.gzip(estate, format)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function plain(exposition: Exposition, estate: EstateStatus, format: ExpositionFormat): Promise<string> {
  let text = '';
  for await (const piece of exposition.text(estate, format)) text += piece;
  return text;
}

const many = (count: number) =>
  [...Array(count).keys()].map((each) => environmentStatus({ name: `environment-${each}` }));

/** One thing that can change about a status, and everything else as it was. */
const changes: Record<string, (status: EnvironmentStatus, step: number) => EnvironmentStatus> = {
  'nothing, in a new object': (status) => ({ ...status }),
  run: (status, step) => ({ ...status, lastRunAt: daysFromSampleNow(step), checkDurationSeconds: step / 10 }),
  findings: (status, step) => ({ ...status, findings: step % 2 ? [sampleFinding('ca_expired', `${step}`)] : [] }),
  assessment: (status, step) => ({
    ...status,
    assessment: sampleAssessment({
      failed: step % 2 ? ['chain_valid'] : [],
      notConfigured: step % 3 ? [] : ['key_match'],
    }),
  }),
  certificates: (status, step) => ({ ...status, certificates: sampleChain({ serial: `0${step % 10}` }) }),
  'a date of the certificates alone': (status, step) => ({
    ...status,
    certificates: status.certificates.map(({ certificate, ...each }) => ({
      ...each,
      certificate: { ...certificate, notAfter: daysFromSampleNow(step) },
    })),
  }),
  expiry: (status, step) => ({ ...status, expiresAt: daysFromSampleNow(step) }),
  'no expiry': ({ expiresAt, ...status }) => status,
  handshake: (status, step) => ({
    ...status,
    handshake: handshakeStatusOf(
      step % 2 ? sampleFailedHandshake('dns_failure') : sampleHandshake({ clockSkewSeconds: step }),
      { totals: { success: step, failure: 1 } },
    ),
  }),
  renewal: (status, step) => ({
    ...status,
    renewal: { ...status.renewal, state: step % 2 ? 'requested' : 'due', dueAt: daysFromSampleNow(step) },
    emails: { sent: step, failed: 0, drafted: 0 },
  }),
  name: (status, step) => ({ ...status, name: `${status.name.slice(0, 10)}-${step}` }),
};

describe('the text after any history is the one that a new exposition writes', () => {
  const step = fc.record({
    what: fc.constantFrom(...Object.keys(changes), 'added', 'removed'),
    at: fc.nat(79),
    format: fc.constantFrom<ExpositionFormat>('prometheus', 'openmetrics'),
    compressed: fc.boolean(),
  });

  test('in either format, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (history) => {
        const exposition = new Exposition(build);
        let environments = [...many(environmentsInBlock - 8), ...Object.values(everyEnvironment())];
        await exposition.refresh(estateOf(environments));
        for (const [index, { what, at, format, compressed }] of history.entries()) {
          const place = at % environments.length;
          const change = changes[what];
          if (change) environments = environments.map((each, own) => (own === place ? change(each, index + 1) : each));
          else if (what === 'removed') environments = environments.toSpliced(place, 1);
          else environments = environments.toSpliced(place, 0, environmentStatus({ name: `new-${index}` }));
          const estate = estateOf(environments);
          const seen = compressed
            ? gunzipSync(await zipped(exposition, estate, format)).toString()
            : await plain(exposition, estate, format);
          expect(seen).toBe(await publishText(estate, build, format));
        }
      }),
      { numRuns: 8, seed: 20260302 },
    );
  }, 120_000);

  test('and what environments have in common is written as if each were the only one', async () => {
    const environments = Object.values(everyEnvironment()).map((each) => ({ ...each, name: `${each.name} "\\\n"` }));
    const [block] = await new Exposition(build).refresh(estateOf(environments, { name: 'north' }));
    for (const name of metricNames.filter(isOfEnvironment)) {
      const { part, write } = series[name];
      let text = '';
      for (const environment of environments) {
        const own = { mesh_environment: labelValue(environment.name), mesh_estate: literal('north') };
        const samples = write(part(environment)).map((sample) => ({ ...sample, own }));
        text += withoutHead(await familyText(name, samples, 'prometheus'));
      }
      expect(textOf(block?.written.get(name) as GzipPart)).toBe(text);
    }
  });

  test('after the estate was given a name', async () => {
    const exposition = new Exposition(build);
    const environments = many(3);
    await exposition.refresh(estateOf(environments));
    const named = estateOf(environments, { name: 'other' });
    expect(await plain(exposition, named, 'prometheus')).toBe(await publishText(named, build, 'prometheus'));
  });

  test('two scrapes at once, of different states, each see their own', async () => {
    const exposition = new Exposition(build);
    const [before, after] = [estateOf(many(40)), estateOf([everyEnvironment().unreadable, ...many(40)])];
    const seen = await Promise.all([before, after].map((estate) => plain(exposition, estate, 'prometheus')));
    const expected = await Promise.all([before, after].map((estate) => publishText(estate, build, 'prometheus')));
    expect(seen).toEqual(expected);
  });
});

describe('a scrape of very many environments waits for nothing', () => {
  /** Writing them all takes a busy machine more than a second. */
  const patiently = { timeout: 20_000 };
  const all = many(mostAwaited + 1);
  const changedEverywhere = (environments: readonly EnvironmentStatus[]) =>
    estateOf(
      environments.map((each) => ({ ...each, lastRunAt: daysFromSampleNow(1), expiresAt: daysFromSampleNow(9) })),
    );

  test('it has what was last written, of all as they were at one moment; the next has the changes', async () => {
    const exposition = new Exposition(build);
    const before = estateOf(all);
    await exposition.refresh(before);
    const after = changedEverywhere(all);
    const [first, second] = [
      await plain(exposition, after, 'prometheus'),
      await exposition.refresh(after).then(() => plain(exposition, after, 'prometheus')),
    ];
    expect(first).toBe(await publishText(before, build, 'prometheus'));
    expect(second).toBe(await publishText(after, build, 'prometheus'));
  });

  test('what has changed is written without anybody asking again', async () => {
    const exposition = new Exposition(build);
    await exposition.refresh(estateOf(all));
    const after = changedEverywhere(all);
    await plain(exposition, after, 'prometheus');
    const expected = await publishText(after, build, 'prometheus');
    await vi.waitFor(async () => expect(await plain(exposition, after, 'prometheus')).toBe(expected), patiently);
  });

  test.each([
    ['one more', (environments: readonly EnvironmentStatus[]) => [...environments, environmentStatus({ name: 'new' })]],
    ['one fewer', (environments: readonly EnvironmentStatus[]) => environments.slice(1)],
    ['another order', (environments: readonly EnvironmentStatus[]) => environments.toReversed()],
  ])('of other environments (%s) nothing old is told', async (_, change) => {
    const exposition = new Exposition(build);
    await exposition.refresh(estateOf(all));
    const estate = estateOf(change(all));
    expect(await plain(exposition, estate, 'prometheus')).toBe(await publishText(estate, build, 'prometheus'));
  });

  test('where they cannot be written, the next scrape fails: old values never pass for new ones', async () => {
    const exposition = new Exposition(build);
    await exposition.refresh(estateOf(all));
    const [first, ...rest] = all;
    const emails = { sent: Number.NaN, failed: 0, drafted: 0 };
    const broken = estateOf([{ ...first!, emails }, ...rest]);
    await plain(exposition, broken, 'prometheus');
    const told = () => expect(plain(exposition, broken, 'prometheus')).rejects.toThrow(RangeError);
    await vi.waitFor(told, patiently);
    expect(await plain(exposition, estateOf(all), 'prometheus')).toBe(
      await publishText(estateOf(all), build, 'prometheus'),
    );
  });
});

describe('what a refresh writes', () => {
  const written = async (exposition: Exposition, environments: readonly EnvironmentStatus[]) =>
    (await exposition.refresh(estateOf([...environments]))).flatMap(({ written }) => [...written]);
  const newIn = (before: Awaited<ReturnType<typeof written>>, after: typeof before) => {
    const old = new Set(before.map(([, each]) => each));
    return after.flatMap(([name, each]) => (old.has(each) ? [] : [name]));
  };

  test.each([
    ['nothing has changed', (all: EnvironmentStatus[]) => all, []],
    [
      'every status is a new object that says the same',
      (all: EnvironmentStatus[]) => all.map((each) => ({ ...each })),
      [],
    ],
    [
      'one was checked again',
      (all: EnvironmentStatus[]) =>
        all.map((each, at) => (at === 50 ? { ...each, lastRunAt: daysFromSampleNow(1) } : each)),
      ['nhs_mesh_check_last_run_timestamp_seconds'],
    ],
    [
      'one has a finding more',
      (all: EnvironmentStatus[]) =>
        all.map((each, at) => (at === 50 ? { ...each, findings: [sampleFinding('ca_expired')] } : each)),
      ['nhs_mesh_finding'],
    ],
  ])('%s', async (_, change, expected) => {
    const exposition = new Exposition(build);
    const environments = many(100);
    const before = await written(exposition, environments);
    expect(newIn(before, await written(exposition, change(environments)))).toEqual(expected);
  });

  test('of a new estate, everything', async () => {
    const all = await written(new Exposition(build), many(environmentsInBlock + 1));
    expect(newIn([], all)).toHaveLength(2 * metricNames.filter(isOfEnvironment).length);
  });
});
