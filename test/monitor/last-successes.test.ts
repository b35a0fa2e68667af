import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLastSuccesses } from '../../src/monitor/last-successes.ts';
import { createLog } from '../../src/monitor/log.ts';

let stateDir: string;
let logged = '';
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-successes-'));
  logged = '';
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));
const log = createLog((line) => {
  logged += line;
});
const at = new Date('2026-11-02T09:00:00.123Z');
const seconds = (count: number) => new Date(at.getTime() + count * 1000);

test('successes: the last of each environment is known to the next process, in a file of ours alone', async () => {
  const first = openLastSuccesses(stateDir, log);
  expect(first.last('alpha', at)).toBeUndefined();
  first.note('alpha', seconds(-60));
  first.note('alpha', at);
  first.note('beta', seconds(-5));
  first.close();
  const second = openLastSuccesses(stateDir, log);
  expect([second.last('alpha', at), second.last('beta', at), second.last('gamma', at)]).toEqual([
    at,
    seconds(-5),
    undefined,
  ]);
  second.close();
  expect((await stat(join(stateDir, 'handshakes.sqlite'))).mode & 0o777).toBe(0o600);
  expect(logged).toBe('');
});

test('successes: one that lies ahead, of a clock that was set back since, is not believed', () => {
  const successes = openLastSuccesses(stateDir, log);
  successes.note('alpha', at);
  expect(successes.last('alpha', new Date(at.getTime() - 1))).toBeUndefined();
  successes.close();
});

test('successes: a damaged file is told once and costs the memory, nothing else', async () => {
  await writeFile(
    join(stateDir, 'handshakes.sqlite'),
    'this is no database, but long enough to be looked at'.repeat(40),
  );
  const successes = openLastSuccesses(stateDir, log);
  successes.note('alpha', at);
  expect(successes.last('alpha', at)).toBeUndefined();
  successes.close();
  expect(logged.match(/cannot be kept across a restart/g)).toHaveLength(1);
});
