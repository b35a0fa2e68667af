/** The licences of the packages that are in the bundle: each asks to be kept with every copy. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/**
 * Writes `THIRD-PARTY-NOTICES.txt`.
 * @throws if a package has no licence that can be shown.
 */
export function writeNotices(folder: string, modules: readonly string[]): void {
  const packages = new Set(modules.filter((id) => id.includes('/node_modules/')).map(packageOf));
  const notices = [...packages].map(noticeOf).sort();
  const head = 'mesh-cert-monitor contains these packages, each under its own licence.\n';
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`));
}

/** The nearest folder above with a manifest that has a version: some packages have others inside that do not. */
function packageOf(module: string): string {
  let folder = dirname(module);
  while (!(existsSync(join(folder, 'package.json')) && manifestOf(folder).version)) folder = dirname(folder);
  return folder;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function noticeOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (!license || texts.length === 0) throw new Error(`${name} ${version}: no licence found in ${folder}`);
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
