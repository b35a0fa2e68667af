// A process that only probes, so that anything left afterwards comes from a probe. Started by residue.test.ts.
// Reads jobs from stdin as JSON, writes what it measured to stdout, and must then end by itself.
import { EventEmitter } from 'node:events';
import { text } from 'node:stream/consumers';
import { handshake } from '../../src/mesh/handshake.ts';
import type { HandshakePhase } from '../../src/mesh/types.ts';
import { amplyMs, credentialFrom, endpoint } from '../support/mesh/handshake-pki.ts';

export interface Jobs {
  readonly certificate: string;
  readonly privateKey: string;
  readonly caBundle: string;
  /** `hangs`: the phase whose deadline is reached, which is therefore short. */
  readonly servers: readonly { readonly url: string; readonly hangs?: HandshakePhase }[];
  /** How often the list is repeated. Memory is measured half-way and at the end. */
  readonly rounds: number;
}

export interface Measured {
  readonly reasons: readonly string[];
  /** What keeps the process alive after the last probe, by type. */
  readonly resources: readonly string[];
  readonly listeners: number;
  readonly heapBytes: { readonly early: number; readonly late: number };
}

const jobs = JSON.parse(await text(process.stdin)) as Jobs;
const credential = await credentialFrom(jobs);
const { signal } = new AbortController();
const options = { now: () => new Date(), env: {}, signal };
let reasons: string[] = [];
let early = 0;
const before = process.getActiveResourcesInfo();

for (let round = 0; round < jobs.rounds; round += 1) {
  const results = [];
  for (const { url, hangs } of jobs.servers) {
    const limit = (phase: HandshakePhase) => (phase === hangs ? 500 : amplyMs);
    const timeouts = { connectMs: limit('connect'), tlsMs: limit('tls'), requestMs: limit('request') };
    results.push(await handshake({ mesh: endpoint(url, { timeouts }) }, credential, options));
  }
  reasons = results.map(({ reason, outcome }) => reason ?? outcome);
  if (round === Math.floor(jobs.rounds / 2)) early = heapBytes();
}

const left = process.getActiveResourcesInfo();
for (const each of before) if (left.includes(each)) left.splice(left.indexOf(each), 1);
const measured: Measured = {
  reasons,
  resources: left,
  listeners: EventEmitter.getEventListeners(signal, 'abort').length,
  heapBytes: { early, late: heapBytes() },
};
process.stdout.write(JSON.stringify(measured));

function heapBytes(): number {
  for (let time = 0; time < 3; time += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
