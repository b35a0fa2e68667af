/** What each command of the built program loads, because that is most of its time. It can grow, but only on purpose. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { loadedBy } from '../support/loaded.ts';
import { main } from '../support/service-process.ts';

let estate: DiskEstate;
beforeAll(async () => {
  estate = await diskEstate(['alpha']);
});
afterAll(() => estate.remove());

interface Load {
  readonly args: (estate: DiskEstate) => readonly string[];
  /** Below this, and above four fifths of it: if it becomes less, so does the number. */
  readonly kilobytes: number;
  /** Of those that docs/dependencies.md lists. */
  readonly packages: string;
  /** Of Node's modules, those that take time to load. */
  readonly builtins: string;
}

const configured = ({ config }: DiskEstate) => ['--config', config];
const files = ({ files: { alpha } }: DiskEstate) => ['--cert', alpha!.certificate, '--ca-bundle', alpha!.caBundle];
const key = ({ files: { alpha } }: DiskEstate) => ['--key', alpha!.privateKey, '--passphrase-env', 'KEY_PASSPHRASE'];
const dryRun = ({ directory }: DiskEstate) => [
  '--dry-run',
  '--environment',
  'alpha',
  '--output',
  join(directory, 'dry'),
];

const x509 = '@peculiar/x509 reflect-metadata';
const configuration = 'commander cron yaml zod';

const loads: Record<string, Load> = {
  '--version': { args: () => ['--version'], kilobytes: 150, packages: 'commander', builtins: '' },
  'serve --help': { args: () => ['serve', '--help'], kilobytes: 150, packages: 'commander', builtins: '' },
  'hash-password': { args: () => ['hash-password'], kilobytes: 160, packages: 'commander', builtins: 'crypto' },
  'bundle --environment': {
    args: () => ['bundle', '--environment', 'integration'],
    kilobytes: 321,
    packages: 'commander',
    builtins: 'crypto',
  },
  init: { args: () => ['init'], kilobytes: 1040, packages: configuration, builtins: 'crypto net' },
  'inspect, without a key': {
    args: (of) => ['inspect', ...files(of)],
    kilobytes: 620,
    packages: 'commander',
    builtins: 'crypto tls worker_threads',
  },
  'inspect, with a key': {
    args: (of) => ['inspect', ...files(of), ...key(of)],
    kilobytes: 620,
    packages: 'commander',
    builtins: 'crypto tls worker_threads',
  },
  'inspect FILE': {
    args: (of) => ['inspect', of.files.alpha!.certificate],
    kilobytes: 620,
    packages: 'commander',
    builtins: 'crypto tls worker_threads',
  },
  'inspect --connect': {
    args: () => ['inspect', '--connect', '127.0.0.1:1'],
    kilobytes: 720,
    packages: 'commander',
    builtins: 'crypto dns http net tls worker_threads zlib',
  },
  'completion bash': { args: () => ['completion', 'bash'], kilobytes: 170, packages: 'commander', builtins: '' },
  'check --offline': {
    args: (of) => ['check', '--offline', ...configured(of)],
    kilobytes: 1740,
    packages: configuration,
    builtins: 'crypto dns http https net sqlite tls worker_threads zlib',
  },
  renewals: {
    args: (of) => ['renewals', ...configured(of)],
    kilobytes: 1320,
    packages: configuration,
    builtins: 'crypto net sqlite worker_threads',
  },
  'renew --dry-run': {
    args: (of) => ['renew', ...dryRun(of), ...configured(of)],
    kilobytes: 2460,
    packages: `@peculiar/webcrypto ${x509} nodemailer ${configuration}`,
    builtins: 'crypto dns http https net sqlite tls worker_threads zlib',
  },
  'serve, until it listens': {
    args: (of) => ['serve', ...configured(of)],
    kilobytes: 3100,
    packages: `express ical-generator pino preact preact-render-to-string prom-client ${configuration}`,
    builtins: 'crypto dns http https net sqlite tls worker_threads zlib',
  },
};

/** What reads and writes secret stores: only for who has named one. */
const ofStores = /^sources\/(aws|azure|kubernetes|vault)\/|^sources\/(stores|write)\.ts$/;

const sorted = (words: string) => words.split(' ').filter(Boolean).sort();

test.each(Object.entries(loads))('%s', async (_, { args, kilobytes, packages, builtins }) => {
  const loaded = await loadedBy(args(estate), { env: estate.env, until: /"serving"/ });
  expect({ packages: loaded.packages, builtins: loaded.builtins }).toEqual({
    packages: sorted(packages),
    builtins: sorted(builtins),
  });
  expect(loaded.ours.filter((module) => ofStores.test(module))).toEqual([]);
  expect(loaded.ours.length).toBeGreaterThan(5);
  expect(loaded.kilobytes).toBeLessThan(kilobytes);
  expect(loaded.kilobytes).toBeGreaterThan(kilobytes * 0.8);
});

test('the program is written in ASCII, so that one byte of memory holds each of its characters', () => {
  const folder = dirname(main);
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  expect(files.length).toBeGreaterThan(20);
  const text = (file: string) => readFileSync(join(folder, file), 'latin1');
  expect(files.filter((file) => /\P{ASCII}/u.test(text(file)))).toEqual([]);
  expect(files.some((file) => text(file).includes('\\u2019'))).toBe(true);
});
