/** Lighthouse, pa11y, and what drives Debian’s Firefox: installed by `.ci/run` into the folder `PAGE_TOOLS`, because with them `npm ci` would be twice as large. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { freePort } from '../process.ts';
import { launchWhole } from './browser.ts';

const tool = (name: string) =>
  import(pathToFileURL(createRequire(join(process.env.PAGE_TOOLS ?? '', 'package.json')).resolve(name)).href);

interface LighthouseResult {
  readonly lhr: {
    readonly categories: Readonly<
      Record<string, { readonly score: number | null; readonly auditRefs: readonly { id: string; weight: number }[] }>
    >;
    readonly audits: Readonly<
      Record<string, { readonly score: number | null; readonly title: string; readonly displayValue?: string }>
    >;
  };
}

export interface Audits {
  /** Category: points of a hundred, with what costs points. */
  lighthouse(url: string): Promise<Record<string, string>>;
  /** What HTML_CodeSniffer finds against WCAG 2 AA. */
  pa11y(url: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openAudits(): Promise<Audits> {
  const port = await freePort();
  const browser: Browser = await launchWhole([`--remote-debugging-port=${port}`]);
  const { default: lighthouse } = await tool('lighthouse');
  const { default: pa11y } = await tool('pa11y');
  const { default: puppeteer } = await tool('puppeteer');
  const connected = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}` });
  const onlyCategories = ['performance', 'accessibility', 'best-practices'];
  return {
    async lighthouse(url) {
      // What a desktop sees, without a network that is made slower: that depends on the machine least.
      const settings = {
        port,
        logLevel: 'silent',
        onlyCategories,
        formFactor: 'desktop',
        throttlingMethod: 'provided',
        screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false },
      };
      const { lhr } = (await lighthouse(url, settings)) as LighthouseResult;
      return Object.fromEntries(
        Object.entries(lhr.categories).map(([name, { score, auditRefs }]) => {
          const costs = auditRefs
            .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1)
            .map(({ id }) => `${id} ${lhr.audits[id]?.displayValue ?? ''}`.trim());
          return [name, [Math.round((score ?? 0) * 100), ...costs].join(', ')];
        }),
      );
    },
    async pa11y(url) {
      const { issues } = await pa11y(url, { browser: connected, standard: 'WCAG2AA' });
      return (issues as { code: string; message: string; selector: string }[]).map(
        ({ code, message, selector }) => `${code}: ${message} ${selector}`,
      );
    },
    async close() {
      await connected.disconnect();
      await browser.close();
    },
  };
}

/** What a page is like in Firefox. */
export interface Seen {
  readonly title: string;
  readonly heading: string;
  /** CSS pixels by which the content is wider than the window. */
  readonly overflow: number;
  /** Errors of scripts, and what the content security policy stopped. */
  readonly complaints: readonly string[];
}

export interface Firefox {
  see(url: string, width: number): Promise<Seen>;
  close(): Promise<void>;
}

export async function openFirefox(): Promise<Firefox> {
  const { default: puppeteer } = await tool('puppeteer');
  const executablePath = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr';
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const page = await browser.newPage();
  let complaints: string[] = [];
  page.on('console', (message: { type(): string; text(): string }) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error: Error) => complaints.push(error.message));
  return {
    async see(url, width) {
      complaints = [];
      await page.setViewport({ width, height: 800 });
      await page.goto(url);
      const [title, heading, overflow] = await page.evaluate(
        "[document.title, document.querySelector('h1').textContent, document.documentElement.scrollWidth - document.documentElement.clientWidth]",
      );
      return { title, heading, overflow, complaints };
    },
    close: () => browser.close(),
  };
}
