/** The page under a person’s hands: by keyboard alone, and while it refreshes itself. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EstateStatus } from '../../src/status/types.ts';
import { environmentStatus, estateOf, everyEnvironment, sampleNow } from '../support/status.ts';
import { hasChromium, launch, stopClock, watchedPage, watchFetches } from '../support/web/browser.ts';
import { doorTo } from '../support/web/door.ts';
import { type Served, sampleCsr, sampleMessage, servePages } from '../support/web/pages.ts';

const focused = `(() => { const e = document.activeElement; return [e.tagName, (e.textContent || '').trim()].join(' '); })()`;

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let served: Served;
  let estate: EstateStatus;
  let fetched = 0;
  beforeAll(async () => {
    browser = await launch();
    served = await servePages({
      estate: () => {
        fetched += 1;
        return estate;
      },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  describe('by keyboard alone', () => {
    test('the first stop skips to the content, and every stop is seen', async () => {
      estate = estateOf([everyEnvironment().expired, everyEnvironment().healthy]);
      const { page, close } = await watchedPage(browser, served.url);
      await page.goto('/environments/expired');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(focused)).toBe('A Skip to main content');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('maincontent');
      const stops: string[] = [];
      for (let stop = 0; stop < 40; stop += 1) {
        await page.keyboard.press('Tab');
        const where = String(await page.evaluate(focused));
        if (where.startsWith('BODY')) break;
        stops.push(where);
        // NHS style: a yellow ground or a thick outline; the browser’s own ring would do as well.
        const seen = `(({ backgroundColor, outlineStyle, outlineWidth }) => backgroundColor === 'rgb(255, 235, 59)' || (outlineStyle !== 'none' && outlineWidth !== '0px'))(getComputedStyle(document.activeElement))`;
        expect([where, await page.evaluate(seen)]).toEqual([where, true]);
      }
      expect(stops).toContain('A Refresh');
      expect(stops).toContain('BUTTON Pause updates');
      expect(stops.at(-1)).toBe('A Metrics');
      expect(stops.some((stop) => stop.startsWith('SUMMARY What this means'))).toBe(true);
      await close();
    });

    test('an explanation opens, and an environment is found', async () => {
      estate = estateOf([...Array(20).keys()].map((each) => environmentStatus({ name: `trust-${each}` })));
      const { page, close } = await watchedPage(browser, served.url);
      await page.goto('/');
      await page.locator('#q').focus();
      await page.keyboard.type('trust-7');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/?q=trust-7&*');
      expect(await page.getByRole('row').count()).toBe(2);
      estate = estateOf([everyEnvironment().expired]);
      await page.goto('/environments/expired');
      await page.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.getByText('certificate_expired', { exact: true }).isVisible()).toBe(true);
      await close();
    });
  });

  describe('while it refreshes itself', () => {
    const everyMs = 15_000;

    async function opened(path: string, url = served.url) {
      const watched = await watchedPage(browser, url, { viewport: { width: 1280, height: 500 } });
      await stopClock(watched.page);
      const fetchesOf = await watchFetches(watched.page);
      await watched.page.goto(path);
      /** Lets the time of the next refresh come. @returns how many there were, once they are over. */
      const tick = () => fetchesOf(() => watched.page.clock.runFor(everyMs));
      return { ...watched, fetchesOf, tick };
    }

    test('what has changed is shown and said, and title, colour and icon follow', async () => {
      estate = estateOf([everyEnvironment().healthy]);
      const { page, complaints, tick, close } = await opened('/');
      expect(await page.title()).toBe('All is well – MESH certificates');
      estate = estateOf([{ ...everyEnvironment().expired, name: 'integration' }]);
      await tick();
      await page.getByRole('heading', { name: '1 of 1 environment needs action now' }).waitFor();
      expect(await page.title()).toBe('1 of 1 environment needs action now – MESH certificates');
      expect(await page.locator('#announcement').textContent()).toBe('1 of 1 environment needs action now');
      expect(await page.locator('html').getAttribute('class')).toBe('standing-critical');
      expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/icon-critical\.svg$/);
      expect(complaints).toEqual([]);
      await close();
    });

    test('a service that no longer answers: the page says since when, looks it, and its times grow older', async () => {
      const own = await servePages({ estate: () => estateOf([everyEnvironment().healthy]) });
      const door = await doorTo(own.url);
      const { page, tick, close } = await opened('/', door.url);
      const [stale, age] = [page.locator('#stale'), page.locator('time[data-relative]').first()];
      const [since, before] = [
        await page.evaluate("document.querySelector('#as-of').textContent"),
        await age.textContent(),
      ];
      expect(since).toMatch(/ at .*([ap]m|midday|midnight)/);
      door.shut();
      expect(await tick()).toBe(1);
      expect(await stale.isVisible()).toBe(false);
      expect(await tick()).toBe(1);
      expect(await stale.isVisible()).toBe(true);
      expect(await stale.textContent()).toMatch(/^Not updated since \d{1,2}:\d\d[ap]m: the service does not answer\./);
      expect(await page.locator('#announcement').textContent()).toBe(await stale.textContent());
      expect(await page.locator('html').getAttribute('class')).toContain('is-stale');
      await page.clock.runFor(3_600_000);
      expect(await age.textContent()).not.toBe(before);
      // It is there again, at the same address.
      door.open();
      expect(await tick()).toBe(1);
      expect(await stale.isVisible()).toBe(false);
      expect(await page.locator('html').getAttribute('class')).not.toContain('is-stale');
      await close();
      await door.close();
      await own.close();
    });

    test('an answer that could not be shown makes nothing younger', async () => {
      estate = estateOf([everyEnvironment().healthy]);
      const { page, close } = await opened('/');
      const age = page.locator('time[data-relative]').first();
      await page.locator('#pause').click();
      await page.clock.runFor(10 * 60_000);
      const before = await age.textContent();
      // The user begins to select text while the answer is on its way.
      await page.route('**/*', async (route) => {
        await page.evaluate("getSelection().selectAllChildren(document.querySelector('main h1, main h2'))");
        await route.continue();
      });
      await page.evaluate(`(() => {
        const { parseFromString } = DOMParser.prototype;
        DOMParser.prototype.parseFromString = function (...given) {
          window.wasParsed = true;
          return parseFromString.apply(this, given);
        };
      })()`);
      await page.locator('#pause').click();
      // Parsed, and passed over in the same turn.
      await expect.poll(() => page.evaluate('window.wasParsed === true')).toBe(true);
      await page.evaluate('getSelection().removeAllRanges()');
      await page.clock.runFor(1_500);
      expect(await age.textContent()).toBe(before);
      await close();
    });

    test('what is printed after a while says when that was so', async () => {
      let now = sampleNow;
      const own = await servePages({ estate: () => estateOf([everyEnvironment().healthy]), now: () => now });
      const { page, tick, close } = await opened('/', own.url);
      const printed = page.locator('.page-printed');
      expect(await printed.textContent()).toBe('As at 2 March 2026 at 9:30am');
      now = new Date(sampleNow.getTime() + 3_600_000);
      expect(await tick()).toBe(1);
      expect(await printed.textContent()).toBe('As at 2 March 2026 at 10:30am');
      await close();
      await own.close();
    });

    test('focus, scroll and what was opened stay', async () => {
      const { expired, healthy } = everyEnvironment();
      estate = estateOf([expired]);
      const { page, tick, close } = await opened('/environments/expired');
      const summary = page.locator('#why-certificate_expired > summary');
      await summary.click();
      await page.evaluate('scrollTo(0, 200)');
      estate = estateOf([{ ...expired, handshake: healthy.handshake, application: 'Another name' }]);
      await tick();
      await page.getByText('Another name').waitFor({ state: 'attached' });
      expect(await page.locator('#why-certificate_expired').getAttribute('open')).not.toBeNull();
      expect(await page.evaluate('document.activeElement.closest("details")?.id')).toBe('why-certificate_expired');
      expect(await page.evaluate('scrollY')).toBe(200);
      expect(await page.locator('#announcement').textContent()).toBe('');
      await close();
    });

    test('it waits while someone types, while it is paused, and while nobody looks', async () => {
      estate = estateOf([...Array(20).keys()].map((each) => environmentStatus({ name: `trust-${each}` })));
      const { page, fetchesOf, tick, close } = await opened('/');
      const asks = async () => {
        const before = fetched;
        const times = await tick();
        expect(fetched > before).toBe(times > 0);
        return times > 0;
      };
      expect(await asks()).toBe(true);
      await page.locator('#q').focus();
      expect(await asks()).toBe(false);
      await page.locator('#q').blur();
      expect(await asks()).toBe(true);
      await page.getByRole('button', { name: 'Pause updates' }).click();
      expect(await asks()).toBe(false);
      expect(await fetchesOf(() => page.getByRole('button', { name: 'Resume updates' }).click())).toBe(1);
      expect(await asks()).toBe(true);
      await page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, value: true })");
      expect(await asks()).toBe(false);
      await close();
    });

    test('a service that is away for a while leaves the page as it was', async () => {
      estate = estateOf([everyEnvironment().healthy]);
      const { page, tick, close } = await opened('/');
      await page.route('**/*', (route) => route.abort());
      expect(await tick()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('All is well');
      await page.unroute('**/*');
      estate = estateOf([everyEnvironment().expired]);
      expect(await tick()).toBe(1);
      await page.getByRole('heading', { name: '1 of 1 environment needs action now' }).waitFor();
      await close();
    });
  });

  test('request and message are copied with one press', async () => {
    estate = estateOf([environmentStatus()]);
    const permissions = ['clipboard-read', 'clipboard-write'];
    const { page, close } = await watchedPage(browser, served.url, { permissions });
    // A refresh would take “Copied” away again.
    await stopClock(page);
    await page.goto('/renewals/renewal-requested');
    await page.getByRole('button', { name: 'Copy the request' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(sampleCsr);
    await page.getByRole('button', { name: 'Copy the text' }).click();
    await page.getByRole('button', { name: 'Copied' }).nth(1).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(sampleMessage.text);
    await close();
  });
});
