/** How much work a cycle does, counted. Time says nothing on a machine that others use too; these numbers are the same everywhere. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import * as framing from '../../src/credential/form/framing.ts';
import { DeployedKey } from '../../src/credential/key-handle.ts';
import * as reading from '../../src/credential/read.ts';
import * as diagnosing from '../../src/diagnosis/diagnose.ts';
import { examine, lookInThread, type UnchangedLook } from '../../src/examine/index.ts';
import { FileLook } from '../../src/marks/look.ts';
import { environmentsInBlock } from '../../src/metrics/blocks.ts';
import { Exposition } from '../../src/metrics/index.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import * as rehearsing from '../../src/rehearsal/rehearsal.ts';
import * as serving from '../../src/rehearsal/server.ts';
import { createRenewals, type Renewals } from '../../src/renewal/index.ts';
import { dayMs, minuteMs } from '../../src/time/duration.ts';
import * as assessing from '../../src/verify/assess.ts';
import * as signing from '../../src/x509/signature.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import { ca, leaf } from '../support/pki.ts';
import { inline } from '../support/sources.ts';

vi.mock('../../src/credential/form/framing.ts', { spy: true });
vi.mock('../../src/credential/read.ts', { spy: true });
vi.mock('../../src/diagnosis/diagnose.ts', { spy: true });
vi.mock('../../src/verify/assess.ts', { spy: true });
vi.mock('../../src/rehearsal/rehearsal.ts', { spy: true });
vi.mock('../../src/rehearsal/server.ts', { spy: true });
vi.mock('../../src/x509/signature.ts', { spy: true });

const count = environmentsInBlock + 6;
const passphrase = 'a passphrase';

let directory: string;
let look: UnchangedLook;
let renewals: Renewals;
let monitor: Monitor;
let now: Date;
const exposition = new Exposition({ version: '1.2.3', nodeVersion: '24.0.0' });
const step = vi.fn();
let marks: MockInstance<FileLook['marks']>;
let works: MockInstance<DeployedKey['works']>;

beforeEach(async () => {
  // Nobody's patience ends: a thread that waits for a processor is not left, and no file is read because of it.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  marks = vi.spyOn(FileLook.prototype, 'marks');
  works = vi.spyOn(DeployedKey.prototype, 'works');
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-work-'));
  now = new Date();
  const root = await ca({ cn: `Root ${createHash('sha256').update(directory).digest('hex').slice(0, 8)}` });
  const sub = await ca({ cn: 'Sub', issuer: root });
  writeFileSync(join(directory, 'bundle.pem'), root.pem + sub.pem);
  const environments = [];
  for (let index = 0; index < count; index += 1) {
    const client = await leaf({ issuer: sub, notAfter: new Date(now.getTime() + 500 * dayMs) });
    const [certificate, key] = [join(directory, `${index}.pem`), join(directory, `${index}.key`)];
    writeFileSync(certificate, client.pem);
    writeFileSync(key, client.encryptedKeyPem(passphrase), { mode: 0o600 });
    environments.push(
      sampleEnvironment({
        name: `environment-${index}`,
        credential: {
          kind: 'pem',
          certificate: { kind: 'file', path: certificate },
          privateKey: { kind: 'file', path: key },
          passphrase: inline(passphrase),
          caBundle: { kind: 'file', path: join(directory, 'bundle.pem') },
        },
      }),
    );
  }
  const configuration = { ...sampleConfiguration(environments), stateDir: join(directory, 'state') };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  // Confirmed, so that no finding about the clock stands.
  renewals = createRenewals(configuration, {}, log, now, () => now.getTime());
  look = lookInThread();
  monitor = new Monitor(configuration, {
    now: () => now,
    log: log as never,
    actions: {
      examine: (environment, last, at) => examine(environment, last, {}, at),
      handshake: () => new Promise(() => {}),
      renew: async (input, at) => {
        step();
        return renewals.step(input, at);
      },
      circumstances: (at) => renewals.circumstances(at),
      areUnchanged: look.areUnchanged,
    },
  });
}, 120_000);
afterEach(async () => {
  vi.useRealTimers();
  look.stop();
  await renewals.close();
  rmSync(directory, { recursive: true });
});

async function cycle(): Promise<void> {
  now = new Date(now.getTime() + 5 * minuteMs);
  await monitor.checkAll();
  await vi.waitFor(() => expect(monitor.work().queues.renewals).toBe(0), { timeout: 10_000 });
}

const written = async () => {
  const blocks = await exposition.refresh(monitor.estate());
  return new Set(blocks.flatMap((block) => [...block.written].map(([name, each]) => [name, each] as const)));
};

function forget(): void {
  for (const spy of [reading.readCredential, reading.interpret, diagnosing.diagnose, assessing.assess])
    vi.mocked(spy).mockClear();
  for (const spy of [rehearsing.rehearse, serving.borrowServer, signing.isSignedBy]) vi.mocked(spy).mockClear();
  vi.mocked(framing.whyClientsCannotRead).mockClear();
  for (const spy of [step, marks, works]) spy.mockClear();
}

describe('counted work', () => {
  test('of a cold credential: one rehearsal, one private signature, one signature checked, whatever the estate shares', async () => {
    forget();
    await cycle();
    expect(vi.mocked(reading.interpret)).toHaveBeenCalledTimes(count);
    expect(vi.mocked(rehearsing.rehearse)).toHaveBeenCalledTimes(count);
    expect(vi.mocked(assessing.assess)).toHaveBeenCalledTimes(count);
    // The rehearsal has proven each key.
    expect(works).not.toHaveBeenCalled();
    // Of the bundle, once for all: the other files are what OpenSSL writes.
    expect(vi.mocked(framing.whyClientsCannotRead).mock.calls.length).toBeLessThanOrEqual(1);
    // One for each client, and the two of the chain once for all.
    expect(vi.mocked(signing.isSignedBy).mock.calls.length).toBeLessThanOrEqual(count + 4);
    const servers = new Set(vi.mocked(serving.borrowServer).mock.results.map(({ value }) => value.server));
    // No more than there are checks at once.
    expect(servers.size).toBeLessThanOrEqual(8);
  }, 120_000);

  test('of an unchanged environment: each file is looked at once, and nothing else is done', async () => {
    await cycle();
    // What the first cycle has recorded about renewals is looked at once more.
    await cycle();
    const before = await written();
    forget();
    await cycle();
    const asked = marks.mock.calls.flatMap(([paths]) => paths);
    expect(asked).toHaveLength(3 * count);
    expect(monitor.estate().environments.every(({ lastRunAt }) => lastRunAt?.getTime() === now.getTime())).toBe(true);
    for (const spy of [reading.readCredential, diagnosing.diagnose, assessing.assess, rehearsing.rehearse])
      expect(vi.mocked(spy)).not.toHaveBeenCalled();
    expect(step).not.toHaveBeenCalled();
    const old = new Set([...before].map(([, each]) => each));
    const anew = [...(await written())].filter(([, each]) => !old.has(each)).map(([name]) => name);
    // Only when the checks were and will be, for each of the two blocks; nothing took any time.
    expect(anew.sort()).toEqual([
      'nhs_mesh_check_last_run_timestamp_seconds',
      'nhs_mesh_check_last_run_timestamp_seconds',
      'nhs_mesh_check_next_run_timestamp_seconds',
      'nhs_mesh_check_next_run_timestamp_seconds',
    ]);
  }, 120_000);

  test('of one that has changed: that one is read, and no other', async () => {
    await cycle();
    await cycle();
    forget();
    writeFileSync(join(directory, '3.pem'), 'nothing');
    await cycle();
    expect(vi.mocked(reading.readCredential)).toHaveBeenCalledTimes(1);
    expect(step).toHaveBeenCalledTimes(1);
  }, 120_000);
});
