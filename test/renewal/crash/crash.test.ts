import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { simpleParser } from 'mailparser';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/renewal/store/store.ts';
import type { StoredRenewal } from '../../../src/renewal/types.ts';
import { dayMs, hourMs } from '../../../src/time/duration.ts';
import { crashNow, desk, environmentIn, subjectNamed } from '../../support/renewal/due.ts';
import { type MailServer, startMailServer } from '../../support/renewal/mail-server.ts';
import { startRelay } from '../../support/renewal/relay.ts';
import { commonName } from '../../support/renewal/samples.ts';
import type { Life } from './child.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

// Hundreds of starts, and loading modules was most of each life. So what a life does not use is left out, what few use is in files of
// their own, and everything is compiled once. CommonJS, because to an ES module `node:http` offers everything it has, a WebSocket client too.
const compiled = mkdtempSync(join(tmpdir(), 'renewal-crash-compiled-'));
const childFile = join(compiled, 'child.js');
beforeAll(async () => {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'child.ts'),
    platform: 'node',
    treeshake: { moduleSideEffects: (id) => id.includes('reflect-metadata') },
  });
  await bundle.write({ dir: compiled, format: 'cjs', minify: true });
  await bundle.close();
  // Node writes its cache of compiled code when a process ends, which those that are killed never do.
  await inWorld(async (world) => {
    expect(await live(world, { dying: 'undisturbed', keyPem })).toBe(false);
  });
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));
let kills = 0;
let killsOfFirst = 0;
const patienceMs = 900_000;

type Plan = Partial<Pick<Life, 'settle' | 'dying' | 'write' | 'renamed' | 'keyPem' | 'first'>> & {
  readonly now?: Date;
  /** Dies at the n-th moment of the conversation with the mail server, counted from 0. */
  readonly moment?: number;
  readonly afterMs?: number;
};

interface World {
  readonly mail: MailServer;
  readonly stateDir: string;
}

/** A mail server and a state directory that outlive every life in them. */
async function inWorld(happen: (world: World) => Promise<void>): Promise<void> {
  const mail = await startMailServer();
  const stateDir = mkdtempSync(join(tmpdir(), 'renewal-crash-'));
  try {
    await happen({ mail, stateDir });
  } finally {
    await mail.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** @returns whether it was killed; when it was not, it ended well. */
async function live({ mail, stateDir }: World, { now = crashNow, moment, afterMs, ...plan }: Plan): Promise<boolean> {
  let passed = 0;
  let child: ReturnType<typeof spawn> | undefined;
  const isOver = () => passed++ === moment && child?.kill('SIGKILL') === true;
  const relay = moment === undefined ? undefined : await startRelay(mail.port, isOver);
  const ports = { port: mail.port, dyingPort: relay?.port ?? mail.port };
  const life: Life = { stateDir, now: now.getTime(), ...ports, settle: [], ...plan };
  child = spawn(process.execPath, [childFile, JSON.stringify(life)], {
    env: { NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const timer = afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  await relay?.close();
  if (signal === 'SIGKILL') {
    kills += 1;
    if (plan.first) killsOfFirst += 1;
  } else if (code !== 0) throw new Error(`the child ended with ${code} ${signal}: ${stderr}`);
  return signal === 'SIGKILL';
}

/** Starts it again until nothing is left to do; hours later each time, for a report that may be lost is tried again after one. */
async function settle(world: World, names: readonly string[], from = crashNow, more: Plan = {}): Promise<void> {
  for (let start = 0; start < 4; start += 1)
    await live(world, { settle: names, keyPem, ...more, now: new Date(from.getTime() + start * 2 * hourMs) });
}

interface Outcome {
  readonly record: StoredRenewal;
  readonly requests: readonly Buffer[];
  readonly reports: readonly Buffer[];
}

function outcomeOf({ mail, stateDir }: World, name: string): Outcome {
  const store = openStore(stateDir, { exclusive: true });
  const [record, ...others] = store.list(name);
  store.close();
  expect(others).toEqual([]);
  const about = mail.received.filter(({ bytes }) => environmentIn(bytes)?.toLowerCase() === name.toLowerCase());
  return {
    record: record!,
    requests: about.filter(({ to }) => to.includes(desk)).map(({ bytes }) => bytes),
    reports: about.filter(({ bytes }) => bytes.includes('\r\nMessage-ID: <uncertain.')).map(({ bytes }) => bytes),
  };
}

/** Once, or uncertain and reported; never twice, never silently none. */
function expectOnceOrUncertain(world: World, name: string): Outcome {
  const outcome = outcomeOf(world, name);
  const { record, requests, reports } = outcome;
  const seen = { name, state: record.state, requests: requests.length, reports: reports.length };
  if (record.state === 'requested') expect(seen).toEqual({ name, state: 'requested', requests: 1, reports: 0 });
  else {
    expect(seen).toMatchObject({ name, state: 'uncertain' });
    expect(seen.requests).toBeLessThanOrEqual(1);
    expect(seen.reports).toBeGreaterThanOrEqual(1);
    expect(seen.reports).toBeLessThanOrEqual(3);
  }
  return outcome;
}

describe('crash', () => {
  test.concurrent.each([
    ['renewal', false],
    ['first certificate', true],
  ] as const)(
    'crash: killed before and after every write of the database, with a key of its own, the desk gets one request for a %s',
    (_, first) =>
      inWorld(async (world) => {
        const names: string[] = [];
        for (let number = 0; ; number += 1) {
          const [name, write] = [`write-${number}`, { number: number >> 1, done: number % 2 === 1 }];
          const killed = await live(world, { settle: names.slice(-1), dying: name, write, first });
          names.push(name);
          if (!killed) break;
        }
        await live(world, { settle: names, first });
        // begin, due, the name of the request, the names of all files, sending, the message begins, requested
        expect(names).toHaveLength(2 * 7 + 1);
        for (const name of names) {
          const { record, requests } = expectOnceOrUncertain(world, name);
          expect(existsSync(join(world.stateDir, record.keyFile ?? 'none'))).toBe(true);
          for (const request of requests) expect(await spkiIn(request)).toBe(record.spkiSha256);
        }
        const states = names.map((name) => outcomeOf(world, name).record.state);
        // Until it is on the disk that the message begins nothing can have left, so the first eleven are sent by the next life.
        const [early, cutOff] = [Array(11).fill('requested'), Array(2).fill('uncertain')];
        expect(states).toEqual([...early, ...cutOff, 'requested', 'requested']);
      }),
    patienceMs,
  );

  const changes = {
    'every environment renamed in case only': { renamed: true, clockMs: 0, first: false },
    'the clock set a month ahead': { renamed: false, clockMs: 30 * dayMs, first: false },
    'the clock set a month back': { renamed: false, clockMs: -30 * dayMs, first: false },
    'asked again for the first certificate': { renamed: false, clockMs: 0, first: true },
    'asked for the first certificate under a name in another case': { renamed: true, clockMs: 0, first: true },
  };
  test.concurrent.each(Object.entries(changes))(
    'crash: killed at every command and reply of SMTP, then %s, the desk gets one request',
    (_, { renamed, clockMs, first }) =>
      inWorld(async (world) => {
        const names: string[] = [];
        for (let moment = 0; ; moment += 1) {
          const name = `moment-${moment}`;
          // Each life runs by the other clock than the one before it, whose remains it settles; after a rename all are settled at the end.
          const now = new Date(crashNow.getTime() + (moment % 2) * clockMs);
          const before = renamed ? [] : names.slice(-1);
          const killed = await live(world, { settle: before, keyPem, dying: name, moment, now, first });
          names.push(name);
          if (!killed) break;
        }
        expect(names.length).toBeGreaterThan(45);
        await settle(world, names, new Date(crashNow.getTime() + clockMs), { renamed, first });
        const outcomes = names.map((name) => expectOnceOrUncertain(world, renamed ? name.toUpperCase() : name));
        const uncertain = outcomes.filter(({ record }) => record.state === 'uncertain');
        expect(new Set(uncertain.map(({ requests }) => requests.length))).toEqual(new Set([0, 1]));
        expect(outcomes.at(-1)).toMatchObject({ record: { state: 'requested' }, requests: { length: 1 } });
      }),
    patienceMs,
  );

  test.concurrent(
    'crash: killed again while it reports the first crash, it reports again and asks nobody',
    () =>
      inWorld(async (world) => {
        const names: string[] = [];
        for (let moment = 0; ; moment += 1) {
          const name = `report-${moment}`;
          leaveAtSending(world, name);
          const killed = await live(world, { dying: name, keyPem, moment });
          names.push(name);
          if (!killed) break;
        }
        await settle(world, names);
        for (const name of names) {
          const { record, requests } = expectOnceOrUncertain(world, name);
          expect([record.state, requests.length]).toEqual(['uncertain', 0]);
        }
      }),
    patienceMs,
  );

  test.concurrent(
    'crash: started again and again and killed at any time, nobody is asked twice',
    () =>
      inWorld(async (world) => {
        const names = Array.from({ length: 12 }, (_, number) => `storm-${number}`);
        for (let start = 0; start < 40; start += 1) {
          const now = new Date(crashNow.getTime() + start * 1000);
          await live(world, { settle: names, keyPem, now, afterMs: 150 + ((start * 37) % 250) });
        }
        await settle(world, names);
        for (const name of names) expectOnceOrUncertain(world, name);
      }),
    patienceMs,
  );

  test('crash: that was at least two hundred kills', () => {
    expect(kills).toBeGreaterThanOrEqual(200);
  });

  test('crash: and at least one hundred of a request for a first certificate', () => {
    expect(killsOfFirst).toBeGreaterThanOrEqual(100);
  });
});

/** What a death between the gate and the mail server's answer leaves on the disk. */
function leaveAtSending({ stateDir }: World, name: string): void {
  const { environment, assessment } = subjectNamed(name);
  const { certificate } = assessment?.certificates[0] ?? {};
  const store = openStore(stateDir, { exclusive: true });
  const key = { environment: environment.name, fingerprintSha256: certificate!.fingerprintSha256 };
  const [at, reason] = [crashNow, 'as left by a crash'];
  store.begin({ ...key, commonName, serial: certificate!.serial, notAfter: certificate!.notAfter }, at, reason);
  store.transition(key, { from: ['not_due'], to: 'due', at, reason });
  store.transition(key, { from: ['due'], to: 'sending', at, reason, changes: { attempts: 1, bodyBegunAt: at } });
  store.close();
}

async function spkiIn(message: Buffer): Promise<string> {
  const { attachments } = await simpleParser(message);
  const csr = attachments.find(({ filename }) => filename?.endsWith('.csr'));
  const { rawData } = new Pkcs10CertificateRequest(csr?.content.toString() ?? '').publicKey;
  const spki = createPublicKey({ key: Buffer.from(rawData), format: 'der', type: 'spki' }).export({
    type: 'spki',
    format: 'der',
  });
  return createHash('sha256').update(spki).digest('hex');
}
