/** Loading a configuration, and one command from start to exit. */
import { join } from 'node:path';
import { main } from '../test/support/service-process.ts';
import { type Estate, passphrase } from './estate.ts';
import type { Figure } from './figures.ts';
import { costOfModule, median, wallMsOf } from './measure.ts';

const config = join(import.meta.dirname, '..', 'src', 'config', 'index.ts');

export async function configurationFigures(file: string, size: number): Promise<Figure[]> {
  const ours = await costOfModule(
    `import { loadConfiguration } from ${JSON.stringify(config)}; const work = () => loadConfiguration(process.argv[1]);`,
    [file],
  );
  const floor = await costOfModule(
    `import { readFileSync } from 'node:fs'; const work = () => JSON.parse(readFileSync(process.argv[1], 'utf8'));`,
    [file],
  );
  const against = 'reading it as JSON';
  const large = size === 10_000;
  return [
    {
      name: 'loading the configuration, CPU',
      size,
      value: ours.cpuMs,
      unit: 'ms',
      floor: floor.cpuMs,
      against,
      ...(large ? { target: 400 } : {}),
    },
    {
      name: 'loading the configuration, most memory',
      size,
      value: ours.mostMiB,
      unit: 'MiB',
      floor: floor.mostMiB,
      against,
      ...(large ? { target: 150 } : {}),
    },
  ];
}

const runs = 5;

/** In turns with `openssl x509`, which only prints the certificate. */
export async function commandFigures({ places: [place] }: Estate): Promise<Figure[]> {
  if (!place) return [];
  const { certificate, key, bundle } = place;
  const options = ['--cert', certificate, '--key', key, '--ca-bundle', bundle, '--passphrase-env', 'PASSPHRASE'];
  const [ours, openssl]: [number[], number[]] = [[], []];
  for (let each = 0; each < runs; each += 1) {
    openssl.push(await wallMsOf('openssl', ['x509', '-in', certificate, '-noout', '-text']));
    ours.push(await wallMsOf(process.execPath, [main, 'inspect', ...options], { PASSPHRASE: passphrase }));
  }
  return [
    {
      name: '`inspect` of one credential',
      value: median(ours),
      unit: 'ms',
      floor: median(openssl),
      against: '`openssl x509 -text`',
      target: 150,
    },
  ];
}
