/**
 * Years of an estate in minutes: the product's own reading, judging, deciding, sending and recording, over real files, a real database and real
 * SMTP. Only the clock and MESH are played.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dice } from '../../conformance/random/dice.ts';
import { type Configuration, loadConfiguration } from '../../src/config/index.ts';
import { examine } from '../../src/examine/index.ts';
import type { HandshakeResult } from '../../src/mesh/index.ts';
import {
  type EnvironmentMemory,
  newMemory,
  rememberExamination,
  rememberHandshake,
  rememberRenewal,
  statusFrom,
} from '../../src/monitor/environment-memory.ts';
import { createRenewals, type Renewals } from '../../src/renewal/index.ts';
import { dayMs, hourMs } from '../../src/time/index.ts';
import { type MoodyServer, requestIn, startMoodyServer } from '../mail.ts';
import { configurationFor, deskOf } from './configuration.ts';
import { type Authorities, makeAuthorities, makePlace, type Place, passphrase } from './estate.ts';
import { Faults } from './faults.ts';
import { People } from './people.ts';
import { Watcher } from './watcher.ts';

export interface YearsOptions {
  readonly years: number;
  readonly environments: number;
  readonly seed: number;
  readonly progress?: (day: number) => void;
}

export interface YearsFigures {
  readonly checks: number;
  readonly requests: number;
  readonly deployed: number;
  readonly restarts: number;
  readonly settled: number;
  readonly faults: Readonly<Record<string, number>>;
  /** What did not hold, each with the day and the environment. */
  readonly broken: readonly string[];
}

const stepMs = 12 * hourMs;
/** At the end nothing goes wrong any more, and every alarm must go. */
const calmDays = 60;
const start = new Date('2026-12-01T09:00:00Z');

export async function simulateYears(options: YearsOptions): Promise<YearsFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-soak-'));
  const mail = await startMoodyServer();
  try {
    const simulation = await Simulation.begin(directory, mail, options);
    return await simulation.run();
  } finally {
    await mail.close();
    await rm(directory, { recursive: true, force: true });
  }
}

class Simulation {
  readonly #options: YearsOptions;
  readonly #mail: MoodyServer;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #configuration: Configuration;
  readonly #dice: Dice;
  readonly #faults: Faults;
  readonly #people: People;
  readonly #watcher = new Watcher();
  readonly #memories = new Map<string, EnvironmentMemory>();
  #renewals: Renewals;
  /** The right time, and what a clock says that nobody sets. */
  #now = start;
  #heard = 0;
  readonly #counted = { checks: 0, requests: 0, deployed: 0, restarts: 0, settled: 0 };

  private constructor(
    options: YearsOptions,
    mail: MoodyServer,
    places: ReadonlyMap<string, Place>,
    configuration: Configuration,
    authorities: Authorities,
  ) {
    this.#options = options;
    this.#mail = mail;
    this.#places = places;
    this.#configuration = configuration;
    this.#dice = new Dice(options.seed);
    this.#faults = new Faults(new Dice(options.seed + 1));
    this.#people = new People(new Dice(options.seed + 2), authorities);
    this.#renewals = this.#open();
    this.#forget();
  }

  static async begin(directory: string, mail: MoodyServer, options: YearsOptions): Promise<Simulation> {
    const authorities = await makeAuthorities(start);
    const dice = new Dice(options.seed + 3);
    const places = new Map<string, Place>();
    for (let number = 0; number < options.environments; number++) {
      const notAfter = new Date(start.getTime() + (70 + dice.below(600)) * dayMs);
      const name = `soak${number}`;
      places.set(name, await makePlace(directory, name, authorities, notAfter));
    }
    const file = join(directory, 'config.yaml');
    await writeFile(file, JSON.stringify(configurationFor([...places.values()], mail.port)));
    return new Simulation(options, mail, places, await loadConfiguration(file), authorities);
  }

  async run(): Promise<YearsFigures> {
    const days = Math.round(this.#options.years * 365);
    for (let day = 0; day < days; day += stepMs / dayMs) {
      await this.#step(day < days - calmDays);
      if (Number.isInteger(day) && day % 30 === 0) this.#options.progress?.(day);
    }
    for (const place of this.#places.values()) this.#watcher.atEnd(place, this.#statusOf(place), this.#now);
    await this.#renewals.close();
    return { ...this.#counted, faults: this.#faults.begun, broken: this.#watcher.broken };
  }

  /** What the machine's clock says. */
  get #wall(): Date {
    return new Date(this.#now.getTime() + this.#faults.clockOffMs);
  }

  async #step(faulty: boolean): Promise<void> {
    this.#now = new Date(this.#now.getTime() + stepMs);
    await this.#faults.turn([...this.#places.values()], this.#mail, this.#now, faulty);
    const changed = await this.#people.deploy(this.#places, this.#renewals, this.#configuration.stateDir, this.#now);
    for (const place of changed) this.#faults.mended(place, this.#now);
    this.#counted.deployed += changed.length;
    if (faulty && this.#dice.oneIn(25)) await this.#restart();
    for (const place of this.#places.values()) await this.#look(place);
    await this.#hear();
    for (const place of this.#places.values()) {
      await this.#settle(place);
      const quietMs = this.#faults.quietMs(place, this.#now);
      const damaged = this.#faults.isDamaged(place) || this.#faults.clockIsWrong;
      this.#watcher.look(place, this.#statusOf(place), { now: this.#now, quietMs, damaged });
    }
  }

  /** One cycle of one environment, in the order in which the service does it. */
  async #look(place: Place): Promise<void> {
    const environment = this.#environmentOf(place);
    let memory = this.#memoryOf(place);
    const examination = await examine(environment, memory.examination, env, this.#wall);
    memory = rememberExamination(memory, examination, this.#wall, this.#wall);
    memory = rememberHandshake(memory, this.#handshake(place), examination?.credential.contentHash);
    const step = await this.#renewals.step(
      {
        environment,
        ...(examination ? { assessment: examination.assessment, credential: examination.credential } : {}),
        ...(memory.handshake.last ? { handshake: memory.handshake.last } : {}),
      },
      this.#wall,
    );
    this.#memories.set(place.name, rememberRenewal(memory, step));
    this.#counted.checks += 1;
  }

  /** What MESH would have said: it knows the right time. */
  #handshake(place: Place): HandshakeResult {
    const base = { probe: 'ping', startedAt: this.#wall, phases: {}, serverCertificates: [] } as const;
    const refused = { ...base, outcome: 'failure', httpStatus: 0, serverVerified: false } as const;
    if (this.#faults.isSilent(place)) return { ...refused, reason: 'connection_refused' };
    if (this.#faults.isDamaged(place)) return { ...refused, reason: 'credential_unusable' };
    const clockSkewSeconds = this.#faults.clockOffMs / 1000;
    if (place.deployed.notAfter < this.#now) return { ...refused, reason: 'client_certificate_expired' };
    return { ...base, outcome: 'success', httpStatus: 200, serverVerified: true, clockSkewSeconds };
  }

  /** What has reached the desk since. */
  async #hear(): Promise<void> {
    for (; this.#heard < this.#mail.taken.length; this.#heard++) {
      const message = this.#mail.taken[this.#heard];
      if (!message?.to.includes(deskOf)) continue;
      const request = await requestIn(message.bytes);
      const place = request && this.#places.get(request.environment);
      if (!place) continue;
      this.#counted.requests += 1;
      this.#watcher.requested(request, place, this.#now);
      this.#people.take(request, this.#now);
    }
  }

  async #settle(place: Place): Promise<void> {
    const environment = this.#environmentOf(place);
    const { state } = this.#memoryOf(place).renewal;
    const deskHasIt = this.#watcher.hasRequest(place);
    const stuck = state === 'uncertain' || (state === 'failed' && this.#mail.mood === 'fine');
    const said = await this.#people.settle(environment, stuck, deskHasIt, this.#configuration, this.#wall);
    if (said) this.#counted.settled += 1;
  }

  async #restart(): Promise<void> {
    await this.#renewals.close();
    this.#renewals = this.#open();
    this.#forget();
    this.#counted.restarts += 1;
  }

  #open = (): Renewals =>
    createRenewals(this.#configuration, env, silent, this.#wall, () => this.#now.getTime() - start.getTime());

  #forget(): void {
    for (const environment of this.#configuration.environments)
      this.#memories.set(environment.name, newMemory(environment, { watchingSince: this.#wall }));
  }

  #memoryOf = ({ name }: Place): EnvironmentMemory => this.#memories.get(name)!;
  #statusOf = (place: Place) => statusFrom(this.#memoryOf(place), this.#wall);
  #environmentOf = ({ name }: Place) => this.#configuration.environments.find((each) => each.name === name)!;
}

const env = { KEY_PASSPHRASE: passphrase };
const silent = { info: () => {}, warn: () => {} };
