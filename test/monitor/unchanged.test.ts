/** A cycle that leaves out what is unchanged says what one that looks at everything says: the same random history, followed both ways. */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResolvedEnvironment } from '../../src/config/types.ts';
import { examine, lookInThread } from '../../src/examine/index.ts';
import type { HandshakeResult } from '../../src/mesh/types.ts';
import type { Actions } from '../../src/monitor/actions.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { createRenewals } from '../../src/renewal/index.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import { ca, date, leaf, type Made } from '../support/pki.ts';
import { random } from '../support/random.ts';
import { sampleFailedHandshake, sampleHandshake } from '../support/status.ts';

/** A hundred and twenty here; the long form, `HISTORY_STEPS=10000 npx vitest run test/monitor/unchanged.test.ts`, takes half an hour. */
const steps = Number(process.env.HISTORY_STEPS ?? 120);
const names = ['a', 'b', 'c', 'd', 'e'];
const start = date('2026-11-01');

/** Of each environment its own: of those that share a certificate, the one whose step comes first has the record. */
let clients: Record<string, readonly Made[]>;
let authorities: Made[];
beforeAll(async () => {
  const root = await ca({ cn: 'Root', notBefore: date('2024-01-01'), notAfter: date('2030-03-01T12:00:00Z') });
  const other = await ca({ cn: 'Other', notAfter: date('2026-12-24') });
  authorities = [root, other];
  clients = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [
        name,
        [
          await leaf({ issuer: root, notBefore: date('2026-01-01'), notAfter: date('2027-02-03T04:05:06Z') }),
          await leaf({ issuer: root, notBefore: date('2026-12-01'), notAfter: date('2027-12-01') }),
          await leaf({ issuer: other, notBefore: date('2026-01-01'), notAfter: date('2028-01-01') }),
        ],
      ]),
    ),
  );
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-unchanged-'));
  vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const fileOf = (name: string, part: string) => join(directory, name, `${part}.pem`);

function environmentOf(name: string, next: () => number): ResolvedEnvironment {
  const file = (part: string) => ({ kind: 'file', path: fileOf(name, part) }) as const;
  const sample = sampleEnvironment();
  const days = [3, 14, 45, 400];
  return sampleEnvironment({
    name,
    mesh: { ...sample.mesh, mailboxId: `X26${name.toUpperCase()}`, probe: next() < 0.5 ? 'validate' : 'ping' },
    credential: { kind: 'pem', certificate: file('client'), privateKey: file('key'), caBundle: file('bundle') },
    thresholds: { warningMs: pick(days, next) * dayMs, criticalMs: pick(days, next) * dayMs },
    renewal: {
      ...sample.renewal,
      windowMs: pick([10, 60, 200], next) * dayMs,
      desk: next() < 0.7 ? sample.renewal.desk : [],
    },
  });
}

const pick = <T>(all: readonly T[], next: () => number): T => all[Math.floor(next() * all.length)] as T;

/** Something happens to a file, or to none. */
function touch(name: string, next: () => number): void {
  const part = pick(['client', 'key', 'bundle'], next);
  const made = pick(clients[name] ?? [], next);
  const content = {
    client: made.pem,
    key: made.keyPem,
    bundle: authorities
      .filter(() => next() < 0.8)
      .map(({ pem }) => pem)
      .join(''),
  }[part] as string;
  const path = fileOf(name, part);
  const kind = next();
  if (kind < 0.1) rmSync(path, { force: true });
  else if (kind < 0.2) writeFileSync(path, content.slice(0, 200));
  else if (kind < 0.3) writeFileSync(path, content.replace('MII', 'MIJ'));
  else if (kind < 0.4 && part === 'key') {
    writeFileSync(path, content);
    chmodSync(path, next() < 0.5 ? 0o644 : 0o600);
  } else {
    // Swapped as a whole, with the same size and dates.
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function handshakeAt(name: string, now: Date): HandshakeResult {
  const seed = name.charCodeAt(0) + Math.floor(now.getTime() / hourMs);
  const next = random(seed);
  const serverCertificates = sampleHandshake().serverCertificates.map((each) => ({
    ...each,
    notAfter: new Date(start.getTime() + seed * 7 * minuteMs),
  }));
  const more = { startedAt: now, serverCertificates };
  return next() < 0.7
    ? sampleHandshake({ ...more, clockSkewSeconds: Math.floor(next() * 900) })
    : { ...sampleFailedHandshake(pick(['dns_failure', 'client_certificate_rejected'], next)), ...more };
}

function monitorOver(environments: readonly ResolvedEnvironment[], stateDir: string, more: Partial<Actions>) {
  const now = () => new Date();
  const configuration = { ...sampleConfiguration(environments), stateDir };
  const log = { info: () => {}, warn: () => {}, error: vi.fn() };
  const renewals = createRenewals(configuration, {}, log, now(), () => Date.now());
  const calls = { examine: 0, renew: 0 };
  const actions: Actions = {
    examine: (environment, last, at, files) => {
      calls.examine += 1;
      return examine(environment, last, {}, at, undefined, files);
    },
    handshake: async ({ name }, last) => ({
      result: handshakeAt(name, now()),
      ...(last ? { contentHash: last.contentHash } : {}),
    }),
    renew: (input, at) => {
      calls.renew += 1;
      return renewals.step(input, at);
    },
    circumstances: (at) => renewals.circumstances(at),
    ...more,
  };
  const monitor = new Monitor(configuration, { actions, now, log: log as never });
  return { monitor, calls, log, renewals, configuration };
}

/** Without what is random about a request: its key and what follows from that. */
function said({ renewal, ...status }: EnvironmentStatus) {
  const { record, ...rest } = renewal;
  const { state, notAfter, requestedAt, closedAt, transitions } = record ?? {};
  return { ...status, renewal: { ...rest, record: { state, notAfter, requestedAt, closedAt, transitions } } };
}

describe('a history of files, times, configurations and handshakes', () => {
  test.each(Array.from({ length: 4 }, (_, seed) => seed + 1))('%i', { timeout: 20_000 + steps * 600 }, async (seed) => {
    const next = random(seed);
    for (const name of names) {
      mkdirSync(join(directory, name));
      for (let each = 0; each < 6; each += 1) touch(name, next);
    }
    let environments = names.map((name) => environmentOf(name, next));
    const look = lookInThread();
    const careful = monitorOver(environments, join(directory, 'careful'), {});
    const { areUnchanged, files: readFiles } = look;
    const quick = monitorOver(environments, join(directory, 'quick'), { areUnchanged, readFiles });
    const both = [careful, quick];
    try {
      for (let step = 0; step < steps / 4; step += 1) {
        if (next() < 0.2) touch(pick(names, next), next);
        if (next() < 0.05) {
          environments = names.filter(() => next() < 0.9).map((name) => environmentOf(name, next));
          for (const { monitor, renewals, configuration } of both) {
            renewals.reconfigure({ ...configuration, environments });
            monitor.adopt({ ...configuration, environments });
          }
        }
        const kind = next();
        // Mostly the next cycle; sometimes a day, or the clock is set.
        if (kind < 0.1) vi.setSystemTime(Date.now() - Math.floor(next() * 3 * dayMs));
        else await vi.advanceTimersByTimeAsync(kind < 0.8 ? 5 * minuteMs : Math.floor(next() * 2 * dayMs));
        if (next() < 0.2) for (const { monitor } of both) await monitor.handshakeAll();
        for (const { monitor } of both) {
          await monitor.checkAll();
          await monitor.settled();
        }
        const [expected, found] = both.map(({ monitor }) => monitor.estate().environments.map(said));
        expect(found, `${seed}, step ${step}, ${new Date().toISOString()}`).toEqual(expected);
      }
      expect(quick.calls.examine).toBeLessThan(careful.calls.examine * 0.8);
      expect(quick.calls.renew).toBeLessThan(careful.calls.renew);
      for (const { log } of both)
        expect(log.error).not.toHaveBeenCalledWith(expect.anything(), expect.stringMatching(/did not end|together/));
    } finally {
      look.stop();
      for (const { monitor, renewals } of both) {
        await monitor.stop();
        await renewals.close();
      }
    }
  });
});
