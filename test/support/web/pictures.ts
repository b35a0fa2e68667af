/** Pictures of pages, compared with stored ones. The fonts and the size of a pixel are fixed, so that they are the same on every machine. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { sampleNow } from '../status.ts';
import { indexedPng } from './indexed-png.ts';

/** Chromium's, so that a glyph does not depend on the machine's settings. */
export const pictureArguments = [
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--disable-font-subpixel-positioning',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];

/** Half the size shows every shift and every colour, in a quarter of the bytes. */
const scale = 0.5;
/** Of each colour above black, which leaves enough to tell the states apart and few enough for a palette. */
const levels = 7;
/** Of a colour, between 0 and 1: less is the same. */
const threshold = 0.2;
/** The share of pixels that may differ. Another version of Chromium smooths the edges of some letters in another way. */
export const mostDifferent = 0.004;

export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly medium?: 'dark' | 'forced' | 'paper';
}

/** At the time of the samples, in a context of its own, because that is what decides the medium. */
export async function pageFor(browser: Browser, medium: Shot['medium']): Promise<Page> {
  const context = await browser.newContext({
    deviceScaleFactor: scale,
    colorScheme: medium === 'dark' ? 'dark' : 'light',
    forcedColors: medium === 'forced' ? 'active' : 'none',
    reducedMotion: 'reduce',
    // For the font.
    bypassCSP: true,
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(sampleNow);
  if (medium === 'paper') await page.emulateMedia({ media: 'print' });
  return page;
}

/** With the font that Debian's `fonts-dejavu-core` has. @param css - added to the page */
export async function pictureOf(page: Page, url: string, width: number, css = ''): Promise<PNG> {
  await page.setViewportSize({ width, height: 800 });
  await page.goto(url);
  await page.addStyleTag({
    content: `* { font-family: "DejaVu Sans" !important; } code, pre, pre * { font-family: "DejaVu Sans Mono" !important; } ${css}`,
  });
  const picture = PNG.sync.read(await page.screenshot({ fullPage: true, animations: 'disabled' }));
  picture.data.forEach((value, index) => {
    picture.data[index] = index % 4 === 3 ? value : Math.round(Math.round((value * levels) / 255) * (255 / levels));
  });
  return picture;
}

/** Between 0 and 1; 1 if they are not even of the same size. */
export function differenceOf(a: PNG, b: PNG, drawn?: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  return pixelmatch(a.data, b.data, drawn?.data, a.width, a.height, { threshold }) / (a.width * a.height);
}

const stored = join(import.meta.dirname, '..', '..', 'web', 'pictures');
const found = join('test-results', 'pictures');

/** With `UPDATE_PICTURES`, stores it. Otherwise the share that differs from the stored one; what was found instead is kept in `test-results/pictures`. */
export function compareWithStored(name: string, picture: PNG): number {
  const file = join(stored, `${name}.png`);
  if (process.env.UPDATE_PICTURES) {
    write(file, indexedPng(picture));
    return 0;
  }
  if (!existsSync(file))
    throw new Error(`there is no ${file}: look at the page, then run this test with UPDATE_PICTURES=1`);
  const expected = PNG.sync.read(readFileSync(file));
  const drawn = new PNG({ width: picture.width, height: picture.height });
  const difference = differenceOf(picture, expected, drawn);
  if (difference > mostDifferent) {
    write(join(found, `${name}.png`), indexedPng(picture));
    write(join(found, `${name}.difference.png`), PNG.sync.write(drawn));
  }
  return difference;
}

function write(file: string, bytes: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
