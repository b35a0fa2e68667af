/** Styles, scripts and images: ours, and the NHS design system’s from its package. Every path names its version, so it never goes stale. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { readOnly } from '../../problem.ts';

export interface Assets {
  readonly router: Router;
  /** Stylesheets, in order. */
  readonly styles: readonly string[];
  readonly script: string;
  /** Of the browser’s tab, by standing. */
  readonly icon: (standing: string) => string;
}

const yearMs = 365 * 24 * 60 * 60 * 1000;
const forever = 'public, max-age=31536000, immutable';

/** What all pages share, the overview, the details, and what paper and forced colours change. */
const ownStyles = ['page.css', 'overview.css', 'environment.css', 'print.css'];

export function createAssets(): Assets {
  const router = Router({ strict: true, caseSensitive: true });
  const own = ownAssets(router);
  const frontend = designSystem(router);
  return {
    router,
    styles: [frontend, ...ownStyles.map((file) => `${own}/${file}`)],
    script: `${own}/page.js`,
    icon: (standing) => `${own}/icon-${standing}.svg`,
  };
}

function ownAssets(router: Router): string {
  const directory = join(import.meta.dirname, '..', '..', 'assets');
  const digest = createHash('sha256');
  for (const file of readdirSync(directory).sort()) digest.update(file).update(readFileSync(join(directory, file)));
  const base = `/assets/page/${digest.digest('hex').slice(0, 12)}`;
  readOnly(router, `${base}/:file`, fileOf(directory));
  return base;
}

/** @returns the path of its stylesheet. */
function designSystem(router: Router): string {
  const manifest = createRequire(import.meta.url).resolve('nhsuk-frontend/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const directory = join(dirname(manifest), 'dist', 'nhsuk');
  const base = `/assets/nhsuk-frontend/${version}`;
  readOnly(router, `${base}/images/:file`, fileOf(join(directory, 'assets', 'images')));
  const stylesheet = `${base}/nhsuk-frontend.css`;
  let css: string | undefined;
  readOnly(router, stylesheet, (_request, response) => {
    css ??= withoutElsewhere(readFileSync(join(directory, 'nhsuk-frontend.min.css'), 'utf8'), base);
    response.set('Cache-Control', forever).type('css').send(css);
  });
  return stylesheet;
}

/** The stylesheet fetches its font from another host and its images from the root of ours: the one goes, the other is put right. */
export function withoutElsewhere(css: string, base: string): string {
  return css.replaceAll(/@font-face\s*\{[^}]*\}/g, '').replaceAll('url(/assets/images/', `url(${base}/images/`);
}

const fileOf =
  (root: string): RequestHandler<{ file: string }> =>
  (request, response, next) => {
    response.sendFile(request.params.file, { root, dotfiles: 'ignore', immutable: true, maxAge: yearMs }, (error) => {
      if (error) next(error);
    });
  };
