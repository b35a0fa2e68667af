// Prepares the part of the NHS design system that the page needs (the stylesheet and the images it refers to) to be served from its own
// folder, so that the package stays a development dependency.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const imageUrl = /url\(\/assets\/images\/([\w.-]+)\)/g;

/** Writes `nhsuk-frontend.css`, its images and the licence into `target`. */
export function copyDesignSystem(target: string): void {
  const manifest = createRequire(import.meta.url).resolve('nhsuk-frontend/package.json');
  const source = join(dirname(manifest), 'dist', 'nhsuk');
  const css = readFileSync(join(source, 'nhsuk-frontend.min.css'), 'utf8');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'nhsuk-frontend.css'), selfContained(css));
  for (const image of imagesOf(css)) copyFileSync(join(source, 'assets', 'images', image), join(target, image));
  writeFileSync(join(target, 'LICENCE.txt'), licence(manifest));
}

export const imagesOf = (css: string): Set<string> =>
  new Set([...css.matchAll(imageUrl)].flatMap(([, image]) => image ?? []));

/** The package's stylesheet fetches its font from another host and its images from our root path. The font is removed, and the images are placed next to the stylesheet. */
export function selfContained(css: string): string {
  return css.replaceAll(/@font-face\s*\{[^}]*\}/g, '').replaceAll(imageUrl, 'url($1)');
}

/** The package does not include a licence file; its README names the MIT licence, whose terms are the same as ours. */
function licence(manifest: string): string {
  const { version, homepage } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string; homepage: string };
  const readme = readFileSync(join(dirname(manifest), 'README.md'), 'utf8');
  const statement = /^## Licence\n+([^#]*)/m.exec(readme)?.[1]?.trim();
  const terms = /Permission is hereby granted[\s\S]*/.exec(readFileSync('LICENSE', 'utf8'))?.[0].trim();
  if (!statement?.includes('MIT') || !terms) throw new Error('the licence of nhsuk-frontend has changed: read it');
  return `NHS.UK frontend ${version}, ${homepage}\n\n${statement}\n\n${terms}\n`;
}
