import { execFileSync } from 'node:child_process';

/** Unix seconds that stand for "now" in everything that is released: `SOURCE_DATE_EPOCH`, or the time of the commit. */
export function buildEpoch(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  return Number(given ?? execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }));
}

/** npm writes fixed times, owners and modes into a package, so the same files give the same bytes. @returns its name in `folder`. */
export function npmPackage(folder: string): string {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as [{ filename: string }];
  return filename;
}
