/** Every page, in every state, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentStatus, estateOf, everyEnvironment } from '../support/status.ts';
import {
  accessibilityProblems,
  cspReports,
  hasChromium,
  launch,
  overflow,
  screenshot,
  type Watched,
  watchedPage,
} from '../support/web/browser.ts';
import { richEnvironments, richRecords, type Served, servePages } from '../support/web/pages.ts';

const notFound = '/environments/unknown';
const pages = [
  '/',
  '/?q=renewal',
  '/?q=nothing-has-this-name',
  '/?state=warning&expires=60&sort=expiry',
  ...richEnvironments().map(({ name }) => `/environments/${name}`),
  '/renewals',
  '/inspect',
  ...[...new Set(richRecords().map(({ environment }) => environment))].map((name) => `/renewals/${name}`),
  notFound,
];
const nameOf = (path: string) => path.slice(1).replaceAll(/[^a-z0-9]+/g, '-') || 'overview';

const viewports = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

const linksOf = (page: Page): Promise<string[]> =>
  page.$$eval('a[href]', (all) => all.map((each) => (each as unknown as { href: string }).href));

/** At 200 % zoom, and in a window of 320 pixels (WCAG 1.4.4, 1.4.10). */
async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const { viewport } = viewports.desktop;
  for (const width of [640, 320]) {
    await page.setViewportSize({ width, height: 400 });
    expect([width, await page.evaluate('innerWidth'), await overflow(page)]).toEqual([width, width, 0]);
  }
  await page.setViewportSize(viewport);
}

describe.skipIf(!hasChromium)('in Chromium', () => {
  /** What was found on each page that has been opened. */
  const links = new Map<string, readonly string[]>();
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), servePages()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  describe.each(Object.entries(viewports))('on a %s', (device, options) => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await watchedPage(browser, served.url, options, [notFound]);
    });
    afterAll(() => watched?.close());

    test.each(pages)(
      '%s: nobody is shut out or scrolls sideways, nothing complains, nothing comes from elsewhere',
      async (path) => {
        const { page, complaints } = watched;
        await page.goto(path);
        expect(await page.title()).toMatch(/ – MESH certificates$/);
        expect(await overflow(page)).toBe(0);
        links.set(path, await linksOf(page));
        await screenshot(page, `${device}-${nameOf(path)}`);
        if (device === 'desktop') await expectNoSidewaysScrolling(page);
        expect(await cspReports(page)).toEqual([]);
        expect(complaints).toEqual([]);
        await page.evaluate("document.querySelectorAll('details').forEach((each) => each.setAttribute('open', ''))");
        expect(await accessibilityProblems(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      },
    );
  });

  test('a hundred environments, searched and paginated: nobody is shut out', async () => {
    const many = [...Array(120).keys()].map((each) => environmentStatus({ name: `trust-${each}` }));
    const other = await servePages({ estate: () => estateOf(many) });
    for (const [device, options] of Object.entries(viewports)) {
      const { page, complaints, close } = await watchedPage(browser, other.url, options);
      await page.goto('/?page=2');
      await screenshot(page, `${device}-many`);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    }
    await other.close();
  });

  test('every link leads somewhere, and from the overview every page is reached', async () => {
    const { page, complaints, close } = await watchedPage(browser, served.url);
    const seen = new Set<string>();
    const waiting = ['/'];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await served.get(path);
      expect([path, [200, 503].includes(response.status)]).toEqual([path, true]);
      if (!response.headers.get('content-type')?.includes('text/html')) continue;
      if (!links.has(path)) {
        await page.goto(path);
        links.set(path, await linksOf(page));
      }
      for (const link of links.get(path)!) {
        const { origin, pathname, search } = new URL(link);
        expect(origin).toBe(served.url);
        waiting.push(pathname + search);
      }
    }
    for (const { name } of richEnvironments()) expect(seen).toContain(`/environments/${name}`);
    for (const path of ['/renewals', '/calendar.ics', '/api/v1/openapi.json', '/metrics']) expect(seen).toContain(path);
    expect(complaints).toEqual([]);
    await close();
  });

  test('fifty environments fit on three screens, in rows of one line', async () => {
    const { expired, expiresSoon, healthy } = everyEnvironment();
    const many = [...Array(50).keys()].map((each) => {
      const like = each === 0 ? expired : each < 3 ? expiresSoon : healthy;
      return { ...like, name: `trust-${each}-production` };
    });
    const other = await servePages({ estate: () => estateOf(many) });
    const { page, close } = await watchedPage(browser, other.url, viewports.desktop);
    await page.goto('/');
    const last = await page.getByRole('row').last().boundingBox();
    await close();
    await other.close();
    expect(last?.height).toBeLessThan(40);
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(3 * viewports.desktop.viewport.height);
  });

  test('the first screen names the five worst, what is wrong with each, and what to do first', async () => {
    const { expired, expiresImminently, expiresSoon, keyMismatch, refused, wrongOrder } = everyEnvironment();
    const worst = [expired, keyMismatch, expiresImminently, refused, expiresSoon];
    const other = await servePages({ estate: () => estateOf([wrongOrder, ...worst]) });
    const { page, close } = await watchedPage(browser, other.url, { viewport: { width: 1280, height: 800 } });
    await page.goto('/');
    const items = await page.locator('.attention__item').all();
    expect(items).toHaveLength(5);
    for (const [index, item] of items.entries()) {
      expect(await item.textContent()).toMatch(/^\S+ .{10,} since .*Do first: .{10,}/);
      const { y = 9999, height = 0 } = (await item.boundingBox()) ?? {};
      expect([index, y + height < 800]).toEqual([index, true]);
    }
    await close();
    await other.close();
  });

  test('a phone shows the name and the state of an environment first, side by side', async () => {
    const { page, close } = await watchedPage(browser, served.url, viewports.phone);
    await page.goto('/?q=expires-soon');
    const row = page.getByRole('row').last();
    const boxOf = (text: string) => row.getByText(text, { exact: true }).boundingBox();
    const [name, state] = [await boxOf('expires-soon'), await boxOf('Needs attention')];
    expect(Math.abs((name?.y ?? 0) - (state?.y ?? 99))).toBeLessThan(10);
    expect(state?.x).toBeGreaterThan(name?.x ?? 999);
    await close();
  });

  test.each([769, 800, 900, 961, 1000, 1100, 1200, 1247, 1249, 1280])(
    '%i px wide, no column is too narrow for its words',
    async (width) => {
      const { page, close } = await watchedPage(browser, served.url, { viewport: { width, height: 800 } });
      await page.goto('/');
      const narrowest = await page
        .getByRole('columnheader', { name: 'What is wrong' })
        .evaluate((each) => (each as unknown as { offsetWidth: number }).offsetWidth);
      expect(narrowest).toBeGreaterThan(140);
      expect(await overflow(page)).toBe(0);
      await close();
    },
  );

  test.each([1000, 1024, 1100, 1200, 1264])(
    '%i px wide, the content has a margin and nobody scrolls sideways',
    async (width) => {
      const { page, close } = await watchedPage(browser, served.url, { viewport: { width, height: 800 } });
      for (const path of ['/', '/environments/expired', '/renewals']) {
        await page.goto(path);
        expect([path, await overflow(page)]).toEqual([path, 0]);
        const box = await page.locator('main .page-width').first().boundingBox();
        expect([path, box?.x]).toEqual([path, 32]);
        expect([path, Math.round(width - (box?.x ?? 0) - (box?.width ?? 0))]).toEqual([path, 32]);
      }
      await close();
    },
  );

  const inOtherColours = ['/', '/environments/expired', '/environments/integration', '/renewals', notFound];
  const requested = '/renewals/renewal-requested';

  test('in a dark style nobody is shut out', async () => {
    const { page, complaints, close } = await watchedPage(browser, served.url, { colorScheme: 'dark' }, [notFound]);
    for (const path of [...inOtherColours, requested]) {
      await page.goto(path);
      await page.evaluate("document.querySelectorAll('details').forEach((each) => each.setAttribute('open', ''))");
      expect([path, await accessibilityProblems(page)]).toEqual([path, []]);
      await screenshot(page, `dark-${nameOf(path)}`);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test('in forced colours a timeline keeps its points, and every bar its end', async () => {
    const { page, close } = await watchedPage(browser, served.url, { forcedColors: 'active' });
    await page.goto(requested);
    // A background is taken away in forced colours; a border is not.
    const point = "getComputedStyle(document.querySelector('.timeline__event'), '::before').borderTopWidth";
    expect(await page.evaluate(point)).toBe('6px');
    await page.goto('/environments/integration');
    const fills =
      "['over', 'left', 'now'].map((part) => getComputedStyle(document.querySelector('.time-bar__' + part)).fill)";
    expect(new Set((await page.evaluate(fills)) as string[]).size).toBe(3);
    await close();
  });

  test('a phone shows the state of six environments on two screens', async () => {
    const { expired, expiresSoon, healthy, keyMismatch } = everyEnvironment();
    const calm = ['deployment', 'training'].map((name) => environmentStatus({ ...healthy, name }));
    const estate = estateOf([expired, keyMismatch, expiresSoon, healthy, ...calm]);
    const small = await servePages({ estate: () => estate });
    const { page, close } = await watchedPage(browser, small.url, viewports.phone);
    await page.goto('/');
    const last = await page.getByRole('row').last().boundingBox();
    await close();
    await small.close();
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(2 * viewports.phone.viewport.height);
  });

  test('without JavaScript everything is there, and nothing promises what cannot be done', async () => {
    const { page, complaints, close } = await watchedPage(browser, served.url, { javaScriptEnabled: false });
    await page.goto('/');
    expect(await page.getByRole('row').count()).toBe(richEnvironments().length + 1);
    expect(await page.getByRole('button', { name: 'Pause updates' }).isVisible()).toBe(false);
    await page.getByRole('searchbox').fill('expired');
    await page.getByRole('button', { name: 'Show' }).click();
    // A click waits for the beginning of a page, and this for its end.
    await page.waitForURL('**/?q=expired*');
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'expired', exact: true }).first().click();
    await page.waitForURL('**/environments/expired');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^The client certificate expired on /);
    await page.getByText('What this means').first().click();
    expect(await page.getByText('certificate_expired').first().isVisible()).toBe(true);
    await page.goto('/renewals/renewal-requested');
    expect(await page.getByRole('button', { name: 'Copy the request' }).isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  test('on paper fifty environments take four pages, of which the first is not only a heading', async () => {
    const { expired, healthy } = everyEnvironment();
    const many = [...Array(50).keys()].map((each) => ({
      ...(each ? healthy : expired),
      name: `trust-${each}-production`,
    }));
    const other = await servePages({ estate: () => estateOf(many) });
    const { page, close } = await watchedPage(browser, other.url, viewports.desktop);
    await page.goto('/');
    const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b(?!s)/g);
    expect(pages?.length).toBeGreaterThan(1);
    expect(pages?.length).toBeLessThanOrEqual(4);
    await close();
    await other.close();
  });

  test('on paper nothing is hidden in the dark, and what is folded is opened', async () => {
    const { page, close } = await watchedPage(browser, served.url, viewports.desktop);
    await page.goto('/environments/expired');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText('Request a new certificate now', { exact: false }).first().isVisible()).toBe(true);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.page-header')).backgroundColor")).toBe(
      'rgba(0, 0, 0, 0)',
    );
    const colours =
      "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.querySelector('.verdict')))";
    expect(await page.evaluate(colours)).toEqual(['rgb(0, 0, 0)', 'rgba(0, 0, 0, 0)']);
    expect(await page.getByText('certificate_expired').first().isVisible()).toBe(true);
    expect(await page.getByText('As at 2 March 2026 at 9:30am').first().isVisible()).toBe(true);
    await screenshot(page, 'print-expired');
    await page.goto('/');
    const afterLinks =
      "[...document.querySelectorAll('main a')].map((each) => getComputedStyle(each, '::after').content)";
    expect(new Set((await page.evaluate(afterLinks)) as string[])).toEqual(new Set(['none']));
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    await close();
  });
});
