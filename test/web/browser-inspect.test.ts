/** `/inspect` under a person’s hands: dropped, chosen and pasted, with and without the script. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nhsLikePki } from '../support/pki.ts';
import {
  accessibilityProblems,
  cspReports,
  hasChromium,
  launch,
  overflow,
  screenshot,
  watchedPage,
  watchFetches,
} from '../support/web/browser.ts';
import { type Served, servePages } from '../support/web/pages.ts';

const { client, bundlePem } = await nhsLikePki();
const everyMs = 15_000;

async function drop(page: Page, ...texts: readonly string[]): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const text of ${JSON.stringify(texts)}) transfer.items.add(new File([text], 'dropped.pem'));
    return transfer;
  })()`);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
const fileOf = (text: string) => ({
  name: 'client.pem',
  mimeType: 'application/x-pem-file',
  buffer: Buffer.from(text),
});

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), servePages({ now: () => new Date() })]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test.each([
    ['desktop', { viewport: { width: 1280, height: 800 } }],
    ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ])('on a %s, files dropped anywhere are inspected, and the answer stays', async (device, options) => {
    const { page, complaints, close } = await watchedPage(browser, served.url, options);
    await page.clock.install();
    const fetchesOf = await watchFetches(page);
    await page.goto('/inspect');
    await drop(page, client.pem, bundlePem);
    const heading = page.locator('.verdict__heading');
    await heading.waitFor();
    await page.waitForLoadState();
    expect(await heading.textContent()).toMatch(/^Valid, .* key not given, so not checked$/);
    await screenshot(page, `${device}-inspected`);
    expect(await cspReports(page)).toEqual([]);
    await page.evaluate("document.querySelectorAll('details').forEach((each) => each.setAttribute('open', ''))");
    expect([await accessibilityProblems(page), await overflow(page)]).toEqual([[], 0]);
    expect(await page.locator('#refreshing').isVisible()).toBe(false);
    expect(await fetchesOf(() => page.clock.runFor(2 * everyMs))).toBe(0);
    expect(await heading.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a private key is not even sent, and the form forgets it', async () => {
    const { page, complaints, close } = await watchedPage(browser, served.url);
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
    await page.goto('/inspect');
    await drop(page, client.pem, client.keyPem);
    const problem = page.locator('#inspect-problem');
    await problem.waitFor({ state: 'visible' });
    expect(await problem.textContent()).toContain('contains a private key, so it was not sent');
    await page.locator('#text').fill(client.keyPem);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await expect.poll(() => page.locator('#text').inputValue()).toBe('');
    expect(sent).toEqual([]);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('without the script the form is sent as it is, and a key is refused by the service', async () => {
    const { page, close } = await watchedPage(browser, served.url, { javaScriptEnabled: false });
    await page.goto('/inspect');
    await page.locator('#file').setInputFiles([fileOf(client.pem), fileOf(bundlePem)]);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.locator('.verdict__heading').waitFor();
    await page.getByRole('link', { name: 'Inspect another' }).click();
    await page.locator('#text').fill(client.keyPem);
    await page.getByRole('button', { name: 'Inspect' }).click();
    const problem = page.locator('#inspect-problem');
    await problem.waitFor();
    expect(await problem.textContent()).toContain('That contains a private key, so it was refused');
    expect(await page.locator('#text').inputValue()).toBe('');
    await close();
  });
});
