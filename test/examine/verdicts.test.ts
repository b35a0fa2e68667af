/** What is kept across a restart says what a fresh examination would say, or nothing; and contains no secret. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResolvedEnvironment } from '../../src/config/types.ts';
import { examine, lookInThread, openVerdicts, type Verdicts } from '../../src/examine/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import type { Assessment } from '../../src/verify/types.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { ca, leaf, type Made } from '../support/pki.ts';
import { random } from '../support/random.ts';
import { inline } from '../support/sources.ts';

const passphrase = 'planted-passphrase-3K';
const steps = Number(process.env.HISTORY_STEPS ?? 60);

let authority: Made;
let clients: Made[];
beforeAll(async () => {
  authority = await ca({ cn: 'Root' });
  clients = [
    await leaf({ issuer: authority }),
    await leaf({ issuer: authority, notAfter: new Date(Date.now() + 30 * dayMs) }),
  ];
});

let directory: string;
let verdicts: Verdicts | undefined;
const warn = vi.fn();
beforeEach(() => {
  // Nobody's patience ends: a thread that waits for a processor is not left, and no file left out because of it.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-verdicts-'));
  warn.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
  verdicts?.close();
  verdicts = undefined;
  rmSync(directory, { recursive: true });
});

const look = lookInThread();
afterAll(() => look.stop());

/** As the service asks. */
const recall = async (from: Verdicts, environment: ResolvedEnvironment, now: Date) =>
  from.recall(environment, {}, now, await look.files([environment]));

/** As a process that starts. */
function restart(program = '1.0.0'): Verdicts {
  verdicts?.close();
  verdicts = openVerdicts(directory, program, warn);
  return verdicts;
}

const at = (part: string) => join(directory, `${part}.pem`);
const database = () => join(directory, 'verdicts.sqlite');

function write(client: Made | undefined, key = client, bundle = authority.pem): void {
  writeFileSync(at('client'), client?.pem ?? 'nothing');
  writeFileSync(at('key'), key?.encryptedKeyPem(passphrase) ?? 'nothing', { mode: 0o600 });
  writeFileSync(at('bundle'), bundle);
}

function environmentWith(more: Partial<ResolvedEnvironment> = {}, secret = passphrase): ResolvedEnvironment {
  const file = (part: string) => ({ kind: 'file', path: at(part) }) as const;
  return sampleEnvironment({
    credential: {
      kind: 'pem',
      certificate: file('client'),
      privateKey: file('key'),
      passphrase: inline(secret),
      caBundle: file('bundle'),
    },
    ...more,
  });
}

async function examined(environment: ResolvedEnvironment, now: Date) {
  const found = await examine(environment, undefined, {}, now);
  if (!found) throw new Error('no credential');
  return found;
}

const withoutTime = ({ assessedAt, ...said }: Assessment) => said;

test('a restarted process says the same of files that have not changed, as of when they were examined', async () => {
  write(clients[0]);
  const environment = environmentWith();
  const found = await examined(environment, new Date());
  expect(restart().isEmpty).toBe(true);
  restart().note(found);
  const later = new Date(Date.now() + dayMs);
  const restarted = restart();
  expect(restarted.isEmpty).toBe(false);
  const recalled = await recall(restarted, environment, later);
  expect(recalled?.valid).toBe(true);
  expect(recalled?.assessedAt).toEqual(found.rehearsedAt);
  const { spki } = recalled?.privateKey?.publicKey ?? {};
  expect(spki?.buffer.byteLength, 'memory that is kept for the key').toBe(spki?.byteLength);
  expect(withoutTime(recalled as Assessment)).toEqual(withoutTime((await examined(environment, later)).assessment));
});

test('whatever happens to the files, the times and the configuration, it says what a fresh examination says, or nothing', {
  timeout: 20_000 + steps * 1000,
}, async () => {
  const next = random(7);
  let environment = environmentWith();
  let [now, told] = [Date.now(), 0];
  write(clients[0]);
  for (let step = 0; step < steps; step += 1) {
    const kind = next();
    if (kind < 0.1) write(clients[0], clients[1]);
    else if (kind < 0.2) write(clients[1], clients[1], next() < 0.5 ? authority.pem : 'nothing');
    else if (kind < 0.25) chmodSync(at('key'), next() < 0.5 ? 0o644 : 0o600);
    else if (kind < 0.3) write(next() < 0.5 ? undefined : clients[0]);
    else if (kind < 0.35) rmSync(at('client'), { force: true });
    if (next() < 0.2)
      environment = environmentWith({
        thresholds: { warningMs: next() * 90 * dayMs, criticalMs: next() * 40 * dayMs },
      });
    now += Math.floor((next() - 0.2) * 6 * dayMs);
    const fresh = await examined(environment, new Date(now));
    const recalled = await recall(restart(), environment, new Date(now));
    if (recalled) {
      told += 1;
      expect(withoutTime(recalled), `step ${step}`).toEqual(withoutTime(fresh.assessment));
    }
    if (next() < 0.7) verdicts?.note(fresh);
  }
  expect(told).toBeGreaterThan(steps / 6);
});

describe('nothing is recalled', () => {
  beforeEach(async () => {
    write(clients[0]);
    restart().note(await examined(environmentWith(), new Date()));
  });
  const recalled = (now = new Date(), program?: string) => recall(restart(program), environmentWith(), now);

  test('of other bytes, another mode, or another place', async () => {
    expect(await recalled()).toBeDefined();
    chmodSync(at('key'), 0o644);
    expect(await recalled()).toBeUndefined();
    write(clients[1]);
    expect(await recalled()).toBeUndefined();
  });

  test('of files that could not be read ahead: their disk may hang', async () => {
    const environment = environmentWith();
    const files = new Map(await look.files([environment]));
    const recalledFrom = () => restart().recall(environment, {}, new Date(), files);
    expect(await recalledFrom()).toBeDefined();
    files.delete(at('bundle'));
    expect(await recalledFrom()).toBeUndefined();
  });

  test('for another version of the program', async () => {
    expect(await recalled(new Date(), '1.0.1')).toBeUndefined();
    expect(await recalled(new Date(), '1.0.0')).toBeUndefined();
  });

  test('when the clock was set back, or a certificate has ended since', async () => {
    expect(await recalled(new Date(Date.now() - dayMs))).toBeUndefined();
    expect(await recalled(new Date('2045-01-01'))).toBeUndefined();
  });

  test('of a key that its passphrase did not open', async () => {
    const wrong = environmentWith({}, 'another-planted-one');
    rmSync(database());
    restart().note(await examined(wrong, new Date()));
    expect(await recall(restart(), wrong, new Date())).toBeUndefined();
  });

  test('from a row that was damaged', async () => {
    restart();
    const damaged = new DatabaseSync(database());
    damaged.exec(`UPDATE verdicts SET data = replace(data, 'true', 'false')`);
    damaged.close();
    expect(await recalled()).toBeUndefined();
  });
});

describe('a file that cannot be used is left alone, and the log says so once', () => {
  test.each([
    ['no database', () => writeFileSync(database(), 'x'.repeat(5000))],
    [
      'the database of another program',
      () => {
        const other = new DatabaseSync(database());
        other.exec('CREATE TABLE theirs (value TEXT)');
        other.close();
      },
    ],
  ])('%s', async (_, prepare) => {
    prepare();
    const before = readFileSync(database());
    write(clients[0]);
    const useless = restart();
    useless.note(await examined(environmentWith(), new Date()));
    expect(await recall(useless, environmentWith(), new Date())).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith({ file: database(), error: expect.any(String) });
    expect(readFileSync(database())).toEqual(before);
  });
});

test('only this account may read it, and neither key nor passphrase, nor a hash of them, is in it', async () => {
  write(clients[0]);
  const wrong = environmentWith({}, 'another-planted-one');
  for (const environment of [environmentWith(), wrong]) restart().note(await examined(environment, new Date()));
  verdicts?.close();
  verdicts = undefined;
  const keyBytes = Buffer.from((clients[0]?.keyPem ?? '').split('\n').slice(1, -2).join(''), 'base64');
  const secrets = [passphrase, 'another-planted-one'].flatMap((secret) => [
    Buffer.from(secret),
    createHash('sha256').update(secret).digest(),
    Buffer.from(createHash('sha256').update(secret).digest('hex')),
  ]);
  const kept = readdirSync(directory).filter((name) => name.startsWith('verdicts'));
  expect(kept).toContain('verdicts.sqlite');
  for (const name of kept) {
    const path = join(directory, name);
    expect(statSync(path).mode & 0o777, name).toBe(0o600);
    const bytes = readFileSync(path);
    for (const secret of [...secrets, keyBytes, keyBytes.subarray(-40, -8), Buffer.from(keyBytes.toString('base64'))])
      expect(bytes.includes(secret), name).toBe(false);
  }
});
