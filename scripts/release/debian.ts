/** A Debian package with everything in it, Node.js too: Debian's own is older than what the program needs. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Shell } from '../../src/cli/completion/index.ts';
import { completionFiles } from '../build/manual.ts';

const sources = 'deploy/debian';

/** @param tarball - the npm package. @param licenceTexts - of the packages that are bundled in it. */
export function debianPackage(tarball: string, licenceTexts: string, folder: string, epoch: number): void {
  const root = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-deb-'));
  try {
    chmodSync(root, 0o755);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    installProgram(root, tarball);
    installSystem(root, licenceTexts);
    installManual(root);
    writeControl(root, version);
    // Group and others may not write, and may read what the owner may: whatever the umask was.
    execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', root]);
    const architecture = textFrom('dpkg', ['--print-architecture']);
    const file = join(folder, `mesh-cert-monitor_${version}_${architecture}.deb`);
    // Debian 12 and Ubuntu 22.04 read zstd, and xz takes minutes for a few megabytes less.
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z12', '--build', root, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** `/usr/lib/mesh-cert-monitor`: the program and its runtime; `/usr/share/mesh-cert-monitor`: what people read and load. */
function installProgram(root: string, tarball: string): void {
  const unpacked = join(root, 'package');
  execFileSync('tar', ['-xzf', tarball, '-C', root]);
  const lib = join(root, 'usr/lib/mesh-cert-monitor');
  mkdirSync(join(root, 'usr/share'), { recursive: true });
  mkdirSync(lib, { recursive: true });
  for (const each of ['dist', 'package.json']) renameSync(join(unpacked, each), join(lib, each));
  renameSync(unpacked, join(root, 'usr/share/mesh-cert-monitor'));
  copyFileSync(process.execPath, join(lib, 'node'));
  chmodSync(join(lib, 'node'), 0o755);
}

function installSystem(root: string, licenceTexts: string): void {
  for (const path of ['usr/bin', 'usr/lib/systemd/system', 'usr/share/doc/mesh-cert-monitor', 'etc/mesh-cert-monitor'])
    mkdirSync(join(root, path), { recursive: true });
  cpSync(join(sources, 'mesh-cert-monitor.sh'), join(root, 'usr/bin/mesh-cert-monitor'));
  cpSync('deploy/systemd/mesh-cert-monitor.service', join(root, 'usr/lib/systemd/system/mesh-cert-monitor.service'));
  const own = readFileSync('LICENSE', 'utf8');
  const runtime =
    'Node.js: https://github.com/nodejs/node/blob/main/LICENSE (MIT, with the licences of what it contains)';
  writeFileSync(join(root, 'usr/share/doc/mesh-cert-monitor/copyright'), `${own}\n${runtime}\n\n${licenceTexts}`);
}

/** Where `man` and each shell look. Both come from `dist`, where nobody would look for them. */
function installManual(root: string): void {
  const built = join(root, 'usr/lib/mesh-cert-monitor/dist');
  const pages = join(root, 'usr/share/man/man1');
  mkdirSync(pages, { recursive: true });
  for (const name of readdirSync(join(built, 'man')))
    writeFileSync(join(pages, `${name}.gz`), gzipSync(readFileSync(join(built, 'man', name)), { level: 9 }));
  for (const [shell, folder] of Object.entries(completionFolders)) {
    const name = completionFiles[shell as Shell];
    mkdirSync(join(root, folder), { recursive: true });
    copyFileSync(join(built, 'completions', name), join(root, folder, name));
  }
  for (const each of ['man', 'completions']) rmSync(join(built, each), { recursive: true });
}

const completionFolders: Readonly<Record<Shell, string>> = {
  bash: 'usr/share/bash-completion/completions',
  zsh: 'usr/share/zsh/vendor-completions',
  fish: 'usr/share/fish/vendor_completions.d',
};

function writeControl(root: string, version: string): void {
  const values: Record<string, string> = {
    VERSION: version,
    ARCHITECTURE: textFrom('dpkg', ['--print-architecture']),
    MAINTAINER: 'The mesh-cert-monitor maintainers <noreply@localhost>',
    INSTALLED_SIZE: textFrom('du', ['-sk', '--apparent-size', root]).split('\t')[0] ?? '',
    NODE_VERSION: process.versions.node,
  };
  const control = readFileSync(join(sources, 'control.in'), 'utf8').replace(
    /@(\w+)@/g,
    (_, name) => values[name] ?? '',
  );
  const folder = join(root, 'DEBIAN');
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'control'), control);
  for (const script of ['postinst', 'prerm', 'postrm']) {
    copyFileSync(join(sources, script), join(folder, script));
    chmodSync(join(folder, script), 0o755);
  }
}

const textFrom = (command: string, args: readonly string[]) => execFileSync(command, args, { encoding: 'utf8' }).trim();
