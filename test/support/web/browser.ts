/** Debian’s Chromium, which needs no download, and a record of what a page did in it that it should not have. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { needs } from '../tools.ts';

const { CHROMIUM_PATH } = process.env;
const whole = '/usr/bin/chromium';
/** The same engine without the windows around the page: half the processor time. */
const shell = '/usr/bin/chromium-headless-shell';
export const hasChromium = CHROMIUM_PATH !== undefined || existsSync(shell) || needs('chromium');

/** The headless shell if it is installed. @param more - further arguments of Chromium */
export const launch = (more: readonly string[] = []): Promise<Browser> =>
  start(existsSync(shell) ? shell : whole, more);

/** As people have it, with windows, for what is about the browser as well as the page. */
export const launchWhole = (more: readonly string[] = []): Promise<Browser> => start(whole, more);

const start = (executablePath: string, more: readonly string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM_PATH ?? executablePath,
    // It makes no requests of its own: no updates, no safe browsing, no QUIC.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });

export interface Watched {
  readonly page: Page;
  /** Console errors and warnings, CSP reports, requests to other hosts, failed responses. Empty if all is well. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** A page in its own context. @param expected - paths that are meant to respond with an error. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
  expected: readonly string[] = [],
): Promise<Watched> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const meant = (url: string) => expected.some((path) => url.endsWith(path));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !meant(message.location().url))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`request: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !meant(response.url())) complaints.push(`${response.status()}: ${response.url()}`);
  });
  if (options.javaScriptEnabled !== false)
    await page.addInitScript(() => {
      const global = globalThis as unknown as EventTarget & { cspReports: string[] };
      global.cspReports = [];
      global.addEventListener('securitypolicyviolation', (event) => {
        const { violatedDirective, blockedURI } = event as Event & Record<string, string>;
        global.cspReports.push(`${violatedDirective} ${blockedURI}`);
      });
    });
  return { page, complaints, close: () => context.close() };
}

export const cspReports = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { cspReports: string[] }).cspReports);

/** Stops the page's clock, before the page is opened: from then on its timers go off only when the test says so. */
export async function stopClock(page: Page): Promise<void> {
  const at = Date.now();
  await page.clock.install({ time: at });
  await page.clock.pauseAt(at + 1_000);
}

const countFetches = `(() => {
  const { fetch } = globalThis;
  const fetches = (globalThis.fetches = { begun: 0, ended: 0 });
  const ended = () => {
    fetches.ended += 1;
  };
  globalThis.fetch = async (...given) => {
    fetches.begun += 1;
    try {
      const { ok, status, statusText, text } = await fetch(...given).then(async (answer) => ({
        ok: answer.ok, status: answer.status, statusText: answer.statusText, text: await answer.text(),
      }));
      // What the script does with it follows in the same turn.
      return { ok, status, statusText, text: async () => (ended(), text) };
    } catch (error) {
      ended();
      throw error;
    }
  };
})()`;

/**
 * What the script of the page fetches, before the page is opened. It is counted in the page, in the same turn as it begins, so that nothing can be on its
 * way unseen.
 * @returns does something, and says how many were begun by it, once all of them have ended and been dealt with.
 */
export async function watchFetches(page: Page): Promise<(what: () => Promise<unknown>) => Promise<number>> {
  await page.addInitScript(countFetches);
  const settled = async () => {
    let begun = 0;
    await expect
      .poll(async () => {
        const fetches = (await page.evaluate('fetches')) as { begun: number; ended: number };
        begun = fetches.begun;
        return fetches.begun - fetches.ended;
      })
      .toBe(0);
    return begun;
  };
  return async (what) => {
    const before = await settled();
    await what();
    return (await settled()) - before;
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** By axe-core, against WCAG 2.0 to 2.2 at A and AA. Only violations are reported: describing what is fine takes most of its time. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = (await page.evaluate(`axe.run({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
    selectors: false,
  }).then(({ violations }) => violations)`)) as AxeResults['violations'];
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

/** With `SCREENSHOTS` or in CI: the full page, kept as an artefact of the test run in a folder that git ignores. Over CDP, which can compress less and so takes half the time. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS && !process.env.CI) return;
  const directory = join('test-results', 'screenshots');
  mkdirSync(directory, { recursive: true });
  const session = await page.context().newCDPSession(page);
  const { width, height } = (await session.send('Page.getLayoutMetrics')).cssContentSize;
  const { data } = await session.send('Page.captureScreenshot', {
    clip: { x: 0, y: 0, width, height, scale: 1 },
    captureBeyondViewport: true,
    optimizeForSpeed: true,
  });
  await session.detach();
  writeFileSync(join(directory, `${name}.png`), data, 'base64');
}

/** CSS pixels by which the content is wider than the window: 0 if nobody has to scroll sideways. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
