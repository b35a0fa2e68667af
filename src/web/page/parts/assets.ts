/** Styles, scripts and images: ours, and the NHS design system’s. Every path contains a hash of the content, so a cached copy is never stale. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { packageFolder, servedFolder } from '../../../installation/index.ts';
import { readOnly } from '../../problem.ts';

export interface Assets {
  readonly router: Router;
  /** Stylesheets, in order. */
  readonly styles: readonly string[];
  readonly script: string;
  /** The icon of the browser’s tab, by standing. */
  readonly icon: (standing: string) => string;
}

const yearMs = 365 * 24 * 60 * 60 * 1000;

/** Colours, all pages, the overview, details, renewals, forced colours, paper. */
const ownStyles = [
  'colours.css',
  'page.css',
  'overview.css',
  'parts.css',
  'environment.css',
  'renewals.css',
  'forced.css',
  'print.css',
];

const ownFolder = servedFolder('web/assets');
/** Copied from the package by the build. In `dist` even when running from source. */
const designSystemFolder = join(packageFolder, 'dist', 'nhsuk-frontend');

export function createAssets(): Assets {
  const router = Router({ strict: true, caseSensitive: true });
  const own = serveFolder(router, 'page', ownFolder);
  const designSystem = serveFolder(router, 'nhsuk-frontend', designSystemFolder);
  return {
    router,
    styles: [`${designSystem}/nhsuk-frontend.css`, ...ownStyles.map((file) => `${own}/${file}`)],
    script: `${own}/page.js`,
    icon: (standing) => `${own}/icon-${standing}.svg`,
  };
}

/** @returns the path under which the files are served. */
function serveFolder(router: Router, name: string, folder: string): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(folder).sort()) digest.update(file).update(readFileSync(join(folder, file)));
  const base = `/assets/${name}/${digest.digest('hex').slice(0, 12)}`;
  readOnly(router, `${base}/:file`, fileOf(folder));
  return base;
}

const fileOf =
  (root: string): RequestHandler<{ file: string }> =>
  (request, response, next) => {
    response.sendFile(request.params.file, { root, dotfiles: 'ignore', immutable: true, maxAge: yearMs }, (error) => {
      if (error) next(error);
    });
  };
