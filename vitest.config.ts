import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { startBundled } from './test/support/started/instead.ts';

// What the workers and the programs that tests start have compiled is kept for the next of them.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'compiled');

// No test reaches the mail server of another machine, nor does any program that a test starts.
const guard = `--require=${JSON.stringify(join(import.meta.dirname, 'test', 'support', 'mail-stays-here.cjs'))}`;
if (!process.env.NODE_OPTIONS?.includes(guard)) process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} ${guard}`;

/** Those that take longest, first: a long one that starts last would run alone. */
const longest = [
  'renewal/crash/crash',
  'web/browser',
  'web/flood',
  'web/pictures',
  'service/service',
  'diagnosis/typed',
  'reliability/fuzz',
  'conformance/random',
  'mesh/residue',
  'mesh/silent-resolver',
  'demo/demo',
  'alerts/rules',
  'reliability/chaos',
  'reliability/soak',
  'sources/aws/ssm',
  'sources/aws/secrets-manager',
  'diagnosis/faults',
  'cli/shortage',
  'monitor/unchanged',
  'service/waiting',
  'service/stopping',
  'web/browser-live',
  'web/access/access',
  'alerts/live',
  'monitor/serve',
  'verify/path',
  'cli/main',
  'credential/keystore',
].map((name) => join(import.meta.dirname, 'test', `${name}.test.ts`));
const gone = longest.filter((file) => !existsSync(file));
if (gone.length > 0) throw new Error(`vitest.config.ts names tests that are not there: ${gone.join(', ')}`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => longest.indexOf(moduleId) + 1 || longest.length + 1;
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

// A module that a test replaces must not have been loaded for another test.
const alone = [
  'test/verify/path.test.ts',
  'test/verify/openssl-path.test.ts',
  'test/*/limits.test.ts',
  'test/examine/*.test.ts',
  'test/monitor/work.test.ts',
  'test/shortage/shortage.test.ts',
  // Azure's SDK keeps the address of the identity endpoint for the whole process, and another stand-in has another one.
  'test/renewal/issued/install-key-vault.test.ts',
];

// It measures times, so that it runs by itself, with tools that only `.ci/run` installs.
const apart = process.env.PAGE_TOOLS ? [] : ['test/web/audits.test.ts'];

export default defineConfig({
  plugins: [startBundled],
  // The package's own name, as programs that use it import it: here from the sources, so that a test needs no build.
  resolve: { alias: { 'mesh-cert-monitor': join(import.meta.dirname, 'src', 'index.ts') } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    globalSetup: 'test/support/started/bundle.ts',
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // What a test waits for comes at once, except on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    // Two cores are the least we expect. More workers than those, because half of the time is waiting: for servers, processes and timers.
    maxWorkers: 4,
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst },
    // What a test has changed in its worker does not reach the next one.
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['test/**/*.test.ts'], exclude: [...alone, ...apart] },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results/vitest.json' }]] : ['default'],
  },
});
