/** The people around the service: a desk that answers in its own time, and operators who are not always quick. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dice } from '../../conformance/random/dice.ts';
import type { Configuration, ResolvedEnvironment } from '../../src/config/index.ts';
import { type Renewals, settleRenewal } from '../../src/renewal/index.ts';
import { dayMs } from '../../src/time/index.ts';
import type { Request } from '../mail.ts';
import { type Authorities, deployedFrom, issueFor, type Place, writeDeployed } from './estate.ts';

interface Answer {
  readonly request: Request;
  /** When the operator puts the new certificate in its place. */
  readonly deployAt: Date;
}

export class People {
  readonly #dice: Dice;
  readonly #authorities: Authorities;
  readonly #answers: Answer[] = [];
  /** When somebody looks after a request that is stuck, by environment. */
  readonly #looksAt = new Map<string, Date>();

  constructor(dice: Dice, authorities: Authorities) {
    this.#dice = dice;
    this.#authorities = authorities;
  }

  /** The desk needs up to three weeks, and the operator up to ten days more. */
  take(request: Request, at: Date): void {
    const waitDays = 1 + this.#dice.below(21) + this.#dice.below(10);
    this.#answers.push({ request, deployAt: new Date(at.getTime() + waitDays * dayMs) });
  }

  /** Deploys what is ready. @returns the places whose files have changed */
  async deploy(places: ReadonlyMap<string, Place>, renewals: Renewals, stateDir: string, now: Date): Promise<Place[]> {
    const ready = this.#answers.filter(({ deployAt }) => deployAt <= now);
    const changed: Place[] = [];
    for (const answer of ready) {
      this.#answers.splice(this.#answers.indexOf(answer), 1);
      const { environment, fingerprint, csrPem } = answer.request;
      const place = places.get(environment);
      if (!place || place.deployed.fingerprint !== fingerprint) continue;
      const lifeDays = 240 + this.#dice.below(500);
      const pem = await issueFor(csrPem, this.#authorities, new Date(now.getTime() + lifeDays * dayMs));
      const record = renewals
        .records()
        .of(environment)
        .find((each) => each.fingerprintSha256 === fingerprint);
      const keyPem = record?.keyFile ? await readFile(join(stateDir, record.keyFile), 'utf8') : place.deployed.keyPem;
      place.deployed = await deployedFrom(pem, keyPem);
      await writeDeployed(place);
      changed.push(place);
    }
    return changed;
  }

  /**
   * Within a few days somebody asks the desk about a request of which nobody knows, or that was refused for good, and says what is so.
   * @returns what was said
   */
  async settle(
    environment: ResolvedEnvironment,
    stuck: boolean,
    deskHasIt: boolean,
    configuration: Configuration,
    now: Date,
  ): Promise<string | undefined> {
    const { name } = environment;
    if (!stuck) {
      this.#looksAt.delete(name);
      return undefined;
    }
    const at = this.#looksAt.get(name) ?? new Date(now.getTime() + (1 + this.#dice.below(4)) * dayMs);
    this.#looksAt.set(name, at);
    if (at > now) return undefined;
    this.#looksAt.delete(name);
    const said = deskHasIt ? 'sent' : 'not-sent';
    await settleRenewal(configuration, environment, said, {}, now);
    return said;
  }
}
