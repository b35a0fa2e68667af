/**
 * The pages as they look, compared with stored pictures. Each page, each of its states, each width and each medium is there at least once, and not
 * every one with every other. After a change that is meant: UPDATE_PICTURES=1 npx vitest run test/web/pictures.test.ts, and look at what has changed.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import type { Shown } from '../../src/web/shown.ts';
import { environmentStatus, estateOf, everyEnvironment, sampleFinding } from '../support/status.ts';
import { hasChromium, launch } from '../support/web/browser.ts';
import { recordsOf, type Served, samplePast, sampleRecord, servePages } from '../support/web/pages.ts';
import {
  compareWithStored,
  differenceOf,
  mostDifferent,
  pageFor,
  pictureArguments,
  pictureOf,
  type Shot,
} from '../support/web/pictures.ts';

const { expired, expiresSoon, healthy, keyMismatch, unchecked } = everyEnvironment();
const named = (name: string, like: EnvironmentStatus, application = 'Mavis'): EnvironmentStatus => ({
  ...like,
  name,
  application,
});
const draft = sampleRecord('deployment', 'requested', {
  delivery: 'drafted',
  messageFile: 'outbox/deployment-2026-02-27-request-1a2b3c4d.eml',
});
const drafted = environmentStatus({
  ...expiresSoon,
  findings: [sampleFinding('renewal_due', 'Nobody has sent the request yet.')],
});

/** What the pages show in each state. `rich` is everything that there is. */
const estates: Readonly<Record<string, readonly EnvironmentStatus[] | undefined>> = {
  rich: undefined,
  critical: [
    named('production', expired),
    named('integration', keyMismatch),
    named('deployment', expiresSoon),
    named('training', healthy),
  ],
  warning: [
    named('production', healthy),
    { ...named('deployment', drafted), renewal: { ...drafted.renewal, state: 'requested', record: draft } },
  ],
  ok: ['production', 'deployment', 'integration'].map((name) => named(name, healthy)),
  unknown: [named('production', unchecked)],
  empty: [],
  many: [...Array(24).keys()].map((each) =>
    named(
      `trust-${each}-production`,
      each === 3 ? expired : each === 11 ? expiresSoon : healthy,
      ['Mavis', 'Ledger'][each % 2],
    ),
  ),
};

const shot = (state: string, page: string, path: string, width: number, medium?: Shot['medium']) => ({
  state,
  shot: { name: [page, state, medium ?? width].join('-'), path, width, ...(medium ? { medium } : {}) },
});

const shots = [
  // The overview in six states, at seven widths and in three other media.
  shot('critical', 'overview', '/', 1280),
  shot('critical', 'overview', '/', 390),
  shot('critical', 'overview', '/', 1280, 'dark'),
  shot('critical', 'overview', '/', 1280, 'forced'),
  shot('critical', 'overview', '/', 794, 'paper'),
  shot('warning', 'overview', '/', 1024),
  shot('ok', 'overview', '/', 1920),
  shot('unknown', 'overview', '/', 768),
  shot('empty', 'overview', '/', 320),
  shot('many', 'overview', '/', 1200),
  shot('many', 'overview-found', '/?state=critical&sort=name', 320),
  // An environment.
  shot('rich', 'expired', '/environments/expired', 1200),
  shot('rich', 'expired', '/environments/expired', 794, 'paper'),
  shot('rich', 'expires-soon', '/environments/expires-soon', 768),
  shot('rich', 'healthy', '/environments/integration', 1920),
  shot('rich', 'healthy', '/environments/integration', 1024, 'dark'),
  shot('rich', 'healthy', '/environments/integration', 1024, 'forced'),
  shot('rich', 'unreadable', '/environments/unreadable', 390),
  shot('rich', 'unchecked', '/environments/unchecked', 1024),
  shot('rich', 'broken-chain', '/environments/broken-chain', 320),
  // Renewals, and one of them in six states.
  shot('rich', 'renewals', '/renewals', 1280),
  shot('rich', 'renewals', '/renewals', 390),
  shot('rich', 'renewals', '/renewals', 1024, 'dark'),
  shot('rich', 'recorded', '/renewals?list=recorded', 1024),
  shot('rich', 'renewal-requested', '/renewals/renewal-requested', 1280),
  shot('rich', 'renewal-requested', '/renewals/renewal-requested', 1024, 'dark'),
  shot('rich', 'renewal-requested', '/renewals/renewal-requested', 1024, 'forced'),
  shot('rich', 'renewal-requested', '/renewals/renewal-requested', 794, 'paper'),
  shot('warning', 'renewal-drafted', '/renewals/deployment', 768),
  shot('rich', 'renewal-uncertain', '/renewals/renewal-uncertain', 390),
  shot('rich', 'renewal-failed', '/renewals/renewal-failed', 320),
  shot('rich', 'renewal-issued', '/renewals/renewal-issued', 1920),
  shot('rich', 'renewal-closed', '/renewals/retired', 1200),
  // Where a certificate is dropped.
  shot('rich', 'inspect', '/inspect', 768),
  shot('rich', 'inspect', '/inspect', 320, 'dark'),
  // A wrong address.
  shot('rich', 'not-found', '/environments/unknown', 1200),
] as const;

const past: Shown['past'] = (name, now) => {
  const { since, days = [] } = samplePast(name, now) ?? {};
  const status = Object.values(estates)
    .flat()
    .find((each) => each?.name === name)?.status;
  return { ...(since ? { since } : {}), days: days.map((day, index) => (status && index >= 87 ? status : day)) };
};

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  const served = new Map<string, Served>();
  beforeAll(async () => {
    browser = await launch(pictureArguments);
    for (const [state, environments] of Object.entries(estates)) {
      const records = () => recordsOf([draft]);
      const own = environments ? { estate: () => estateOf(environments), past, renewals: records } : {};
      served.set(state, await servePages(own));
    }
  });
  afterAll(async () => {
    await browser?.close();
    for (const each of served.values()) await each.close();
  });

  /** One for each medium, whose size changes: a new one takes longer than a picture. */
  const pages = new Map<Shot['medium'], Promise<Page>>();

  async function taken(state: string, { path, width, medium }: Shot, css = '') {
    const page = pages.get(medium) ?? pageFor(browser, medium);
    pages.set(medium, page);
    return pictureOf(await page, `${served.get(state)?.url}${path}`, width, css);
  }

  test.each(shots)('$shot.name looks as it did', async ({ state, shot }) => {
    expect(compareWithStored(shot.name, await taken(state, shot))).toBeLessThanOrEqual(mostDifferent);
  });

  test('what has gone, moved or changed its colour is noticed', async () => {
    const [{ state, shot }] = shots;
    const whole = await taken(state, shot);
    expect(differenceOf(whole, await taken(state, shot))).toBeLessThanOrEqual(mostDifferent);
    for (const css of [
      '.attention__first { visibility: hidden }',
      '.page-table { transform: translateX(12px) }',
      '.verdict--critical { background: #003087 }',
    ])
      expect([css, differenceOf(whole, await taken(state, shot, css)) > mostDifferent]).toEqual([css, true]);
  });

  test('every page, state, width and medium has its picture, and no picture is left over', () => {
    const all = shots.map(({ shot }) => shot);
    for (const width of [320, 390, 768, 1024, 1200, 1280, 1920]) expect(all.map((each) => each.width)).toContain(width);
    for (const medium of ['dark', 'forced', 'paper']) expect(all.map((each) => each.medium)).toContain(medium);
    const stored = readdirSync(join(import.meta.dirname, 'pictures')).sort();
    expect(stored).toEqual(all.map(({ name }) => `${name}.png`).sort());
  });
});
