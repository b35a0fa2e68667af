// npm run executable: the whole program as one executable file for the platform that this runs on, with the Node.js that runs this.
// https://nodejs.org/api/single-executable-applications.html
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'postject';

/** Relative, because it is named in the executable, which is to be the same wherever it is made. */
const bootstrap = 'scripts/release/executable/bootstrap.cjs';
/** Node.js has this text where it keeps whether something was added. */
const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Makes it from `dist`. @returns its name: `mesh-cert-monitor-0.1.0-linux-x64`. */
export async function singleExecutable(folder: string): Promise<string> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const work = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-executable-'));
  try {
    const output = join(work, 'program.blob');
    const configuration = join(work, 'configuration.json');
    // Without code caches, which are another one each time.
    writeFileSync(
      configuration,
      JSON.stringify({
        main: bootstrap,
        output,
        disableExperimentalSEAWarning: true,
        useCodeCache: false,
        assets: files(),
      }),
    );
    execFileSync(process.execPath, ['--experimental-sea-config', configuration], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const suffix = process.platform === 'win32' ? '.exe' : '';
    const name = `mesh-cert-monitor-${version}-${process.platform}-${process.arch}${suffix}`;
    const executable = join(folder, name);
    copyFileSync(process.execPath, executable);
    chmodSync(executable, 0o755);
    await inject(executable, 'NODE_SEA_BLOB', readFileSync(output), {
      sentinelFuse,
      ...(process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {}),
    });
    return name;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** By their path in the package. What only other programs load is left out. */
function files(): Record<string, string> {
  const program = readdirSync('dist', { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !/\.(map|d\.ts)$/.test(each.name))
    .map(({ name, parentPath }) => join(parentPath, name).replaceAll('\\', '/'))
    .sort();
  return Object.fromEntries([
    ...[...program, 'package.json'].map((path) => [path, path]),
    ['bootstrap.cjs', bootstrap],
  ]);
}

if (import.meta.main) {
  mkdirSync('release', { recursive: true });
  process.stdout.write(`${join('release', await singleExecutable('release'))}\n`);
}
