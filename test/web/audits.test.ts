/**
 * What well-known auditors say of the pages, and whether Firefox shows them. axe-core is in browser.test.ts. This runs by itself, after the other
 * tests, because Lighthouse measures times: PAGE_TOOLS=.tools/pages npx vitest run test/web/audits.test.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Audits, type Firefox, openAudits, openFirefox } from '../support/web/audits.ts';
import { type Served, servePages } from '../support/web/pages.ts';

const pages = ['/', '/environments/expired', '/renewals', '/renewals/renewal-requested'];
const more = [
  ...pages,
  '/environments/integration',
  '/renewals?list=recorded',
  '/inspect',
  '/?state=warning&sort=expiry',
];

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served?.close());

describe('in Chromium', () => {
  let audits: Audits;
  beforeAll(async () => {
    audits = await openAudits();
  });
  afterAll(() => audits?.close());

  test.each(more)('%s: pa11y finds nothing', async (path) => {
    expect(await audits.pa11y(served.url + path)).toEqual([]);
  });

  test('pa11y finds what is wrong with another page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-audit-'));
    const file = join(folder, 'page.html');
    await writeFile(file, '<!doctype html><html><body><img src="x.png"><p style="color:#ccc">Pale</p></body></html>');
    expect((await audits.pa11y(pathToFileURL(file).href)).join('\n')).toMatch(/H37|H57|contrast/);
    await rm(folder, { recursive: true });
  });

  // Times: whatever else takes the processor can only make them longer, so the best of a few measurements is the page's own.
  test.each(pages)('%s: Lighthouse gives full marks', { retry: 4 }, async (path) => {
    expect(await audits.lighthouse(served.url + path)).toEqual({
      performance: '100',
      accessibility: '100',
      'best-practices': '100',
    });
  });
});

describe('in Firefox', () => {
  let firefox: Firefox;
  beforeAll(async () => {
    firefox = await openFirefox();
  });
  afterAll(() => firefox?.close());

  test.each(more)('%s is there, complains of nothing, and nobody scrolls sideways', async (path) => {
    for (const width of [1280, 1024, 390]) {
      const { title, heading, ...rest } = await firefox.see(served.url + path, width);
      expect(title).toMatch(/ – MESH certificates$/);
      expect(heading).not.toBe('');
      expect([width, rest]).toEqual([width, { overflow: 0, complaints: [] }]);
    }
  });
});
