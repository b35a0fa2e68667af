/** What goes wrong around the service, when, and for how long. */
import type { Dice } from '../../conformance/random/dice.ts';
import { dayMs, hourMs } from '../../src/time/index.ts';
import type { MoodyServer } from '../mail.ts';
import { type Damage, damage, damages, type Place, writeDeployed } from './estate.ts';

/** One fault at a time of each kind; each lasts until its hour. */
export class Faults {
  readonly #dice: Dice;
  readonly #files = new Map<string, { readonly kind: Damage; readonly until: Date }>();
  readonly #silent = new Map<string, Date>();
  #mailUntil: Date | undefined;
  #clockUntil: Date | undefined;
  /** By how much the machine's clock is wrong, milliseconds. */
  clockOffMs = 0;
  /** How often each kind has begun. */
  readonly begun: Record<string, number> = {};
  /** When the last fault of an environment, or of everyone, ended. */
  readonly #quietSince = new Map<string, Date>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Begins and ends faults. */
  async turn(places: readonly Place[], mail: MoodyServer, now: Date, beginning: boolean): Promise<void> {
    for (const place of places) await this.#turnFiles(place, now, beginning);
    this.#turnMail(mail, now, beginning);
    this.#turnClock(now, beginning);
  }

  async #turnFiles(place: Place, now: Date, beginning: boolean): Promise<void> {
    const { name } = place;
    const fault = this.#files.get(name);
    if (fault && fault.until <= now) {
      this.#files.delete(name);
      await writeDeployed(place);
      this.#quietSince.set(name, now);
    } else if (!fault && beginning && this.#dice.oneIn(250)) {
      const kind = this.#dice.pick(damages);
      await damage(place, kind);
      this.#files.set(name, { kind, until: this.#until(now, 4) });
      this.#count(kind);
    }
    const silent = this.#silent.get(name);
    if (silent && silent <= now) {
      this.#silent.delete(name);
      this.#quietSince.set(name, now);
    } else if (!silent && beginning && this.#dice.oneIn(200)) {
      this.#silent.set(name, this.#until(now, 3));
      this.#count('MESH cannot be reached');
    }
  }

  #turnMail(mail: MoodyServer, now: Date, beginning: boolean): void {
    if (this.#mailUntil && this.#mailUntil <= now) {
      this.#mailUntil = undefined;
      mail.mood = 'fine';
      this.#quietSince.set('', now);
    } else if (!this.#mailUntil && beginning && this.#dice.oneIn(12)) {
      mail.mood = this.#dice.pick(['down', 'defers', 'refuses', 'cuts', 'cuts']);
      // From the greeting to the answer to the message, which both sides say in about twenty pieces.
      mail.cutAfter = 1 + this.#dice.below(20);
      this.#mailUntil = this.#until(now, 6);
      this.#count(`mail server ${mail.mood}`);
    }
  }

  #turnClock(now: Date, beginning: boolean): void {
    if (this.#clockUntil && this.#clockUntil <= now) {
      this.#clockUntil = undefined;
      this.clockOffMs = 0;
      this.#quietSince.set('', now);
    } else if (!this.#clockUntil && beginning && this.#dice.oneIn(60)) {
      this.clockOffMs = this.#dice.pick([365 * dayMs, 40 * dayMs, 3 * hourMs, -30 * dayMs]);
      this.#clockUntil = this.#until(now, 2);
      this.#count('clock set wrong');
    }
  }

  /** A file that somebody replaces is whole again. */
  mended({ name }: Place, now: Date): void {
    if (this.#files.delete(name)) this.#quietSince.set(name, now);
  }

  isSilent = ({ name }: Place): boolean => this.#silent.has(name);
  isDamaged = ({ name }: Place): boolean => this.#files.has(name);
  get clockIsWrong(): boolean {
    return this.#clockUntil !== undefined;
  }

  /** Nothing has been wrong for so long, milliseconds; 0 while something is. */
  quietMs(place: Place, now: Date): number {
    if (this.#files.has(place.name) || this.#silent.has(place.name) || this.#mailUntil || this.#clockUntil) return 0;
    const since = Math.max(0, ...[place.name, ''].map((name) => this.#quietSince.get(name)?.getTime() ?? 0));
    return now.getTime() - since;
  }

  #until = (now: Date, mostDays: number) =>
    new Date(now.getTime() + (1 + this.#dice.below(2 * mostDays)) * 12 * hourMs);

  #count(kind: string): void {
    this.begun[kind] = (this.begun[kind] ?? 0) + 1;
  }
}
