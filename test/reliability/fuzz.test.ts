/** The short form of `npm run fuzz`: other inputs than those of the long form, the same ones every time. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ReaderFigures } from '../../reliability/fuzz/run.ts';
import { needs } from '../support/tools.ts';

const inputs = 5_000;
const main = join(import.meta.dirname, '..', '..', 'reliability', 'fuzz', 'main.ts');

// In a process of its own: what others have loaded before would not be counted, and their memory would be.
test.skipIf(!needs('openssl') || !needs('keytool'))(
  `${inputs} damaged inputs: no reader throws, works without bound, grows, or calls valid what OpenSSL refuses`,
  async () => {
    const args = [main, '--inputs', String(inputs), '--seed', '1000000', '--json'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args).catch((error) => error);
    const { readers, what } = JSON.parse(stdout || '{}') as { readers: ReaderFigures[]; what: string[] };
    expect({ what, stderr }).toEqual({ what: [], stderr: '' });
    expect(readers.reduce((sum, reader) => sum + reader.inputs, 0)).toBeGreaterThanOrEqual(inputs);
    // A fuzzer whose inputs are all refused at the door tests the door.
    const untouched = readers.filter(({ accepted }) => accepted === 0).map(({ reader }) => reader);
    expect(untouched).toEqual([]);
  },
  240_000,
);
