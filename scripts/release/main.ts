// Makes what a release consists of, in `release/`: package, Debian package, SBOM, licences, checksums. The same commit gives the same bytes.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackage } from './debian.ts';
import { singleExecutable } from './executable.ts';
import { buildEpoch, npmPackage } from './package.ts';
import { softwareBill } from './sbom.ts';

const folder = 'release';
// Everybody may read what is made, and npm and dpkg write modes into it.
process.umask(0o022);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

const epoch = buildEpoch();
const tarball = npmPackage(folder);
const name = tarball.replace(/\.tgz$/, '');
const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8');
writeFileSync(join(folder, `${name}.cdx.json`), softwareBill(epoch, sha256(join(folder, tarball)), notices));
writeFileSync(join(folder, `${name}.licences.txt`), notices);
if (spawnSync('dpkg-deb', ['--version']).status === 0) debianPackage(join(folder, tarball), notices, folder, epoch);
else process.stdout.write('no dpkg-deb on this machine: the Debian package is left out\n');

await singleExecutable(folder);

const made = readdirSync(folder).sort();
writeFileSync(join(folder, 'SHA256SUMS'), made.map((file) => `${sha256(join(folder, file))}  ${file}\n`).join(''));
process.stdout.write(`${[...made, 'SHA256SUMS'].map((file) => join(folder, file)).join('\n')}\n`);

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
