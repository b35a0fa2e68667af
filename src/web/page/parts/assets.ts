/** Styles, scripts and images: ours, and the NHS design system’s. Every path contains a hash of the content, so a cached copy is never stale. */
import { createHash } from 'node:crypto';
import { extname, join } from 'node:path';
import { type RequestHandler, type Response, Router } from 'express';
import { listOwnFiles, packageFolder, readOwnFile, servedFolder } from '../../../installation/index.ts';
import { compressWell, takesGzip } from '../../answers/compression.ts';
import { readOnly, sendProblem } from '../../problem.ts';

export interface Assets {
  readonly router: Router;
  /** Stylesheets, in order. */
  readonly styles: readonly string[];
  readonly script: string;
  /** Only for the page where something is inspected. */
  readonly inspectScript: string;
  /** The icon of the browser’s tab, by standing. */
  readonly icon: (standing: string) => string;
}

const yearSeconds = 365 * 24 * 60 * 60;

/** In this order they are one stylesheet: what comes later takes precedence. */
const ownStyles = [
  'colours.css',
  'page.css',
  'verdict.css',
  'overview.css',
  'parts.css',
  'environment.css',
  'renewals.css',
  'inspect.css',
  'forced.css',
  'print.css',
];
const ownStyle = 'style.css';

const ownFolder = servedFolder('web/assets');
/** Copied from the package by the build. In `dist` even when running from source. */
const designSystemFolder = join(packageFolder, 'dist', 'nhsuk-frontend');

type Files = ReadonlyMap<string, Buffer>;

export function createAssets(): Assets {
  const router = Router({ strict: true, caseSensitive: true });
  const own = serveFiles(router, 'page', asOneStyle(filesIn(ownFolder)));
  const designSystem = serveFiles(router, 'nhsuk-frontend', filesIn(designSystemFolder));
  return {
    router,
    styles: [`${designSystem}/nhsuk-frontend.css`, `${own}/${ownStyle}`],
    script: `${own}/page.js`,
    inspectScript: `${own}/inspect.js`,
    icon: (standing) => `${own}/icon-${standing}.svg`,
  };
}

const filesIn = (folder: string): Files =>
  new Map(
    listOwnFiles(folder)
      .sort()
      .map((file) => [file, readOwnFile(join(folder, file))]),
  );

/** A browser waits for each stylesheet before it shows anything. */
function asOneStyle(files: Files): Files {
  const styles = ownStyles.map((name) => files.get(name) ?? Buffer.alloc(0));
  const others = [...files].filter(([name]) => !name.endsWith('.css'));
  return new Map([...others, [ownStyle, Buffer.concat(styles)]]);
}

/** @returns the path under which the files are served. */
function serveFiles(router: Router, name: string, files: Files): string {
  const digest = createHash('sha256');
  for (const [file, content] of files) digest.update(file).update(content);
  const base = `/assets/${name}/${digest.digest('hex').slice(0, 12)}`;
  readOnly(router, `${base}/:file`, fileOf(files));
  return base;
}

function fileOf(files: Files): RequestHandler<{ file: string }> {
  const compressed = new Map<string, Buffer>();
  return (request, response) => {
    const { file } = request.params;
    const content = files.get(file);
    if (!content) return sendProblem(response as Response, 404);
    response.type(extname(file)).set('Cache-Control', `public, max-age=${yearSeconds}, immutable`);
    if (!takesGzip(response as Response)) return void response.send(content);
    const small = compressed.get(file) ?? compressWell(content);
    compressed.set(file, small);
    response.set('Content-Encoding', 'gzip').send(small);
  };
}
