/** What must hold on every simulated day: one request for each certificate, nobody forgotten, no alarm without a cause. */
import type { EnvironmentStatus } from '../../src/status/index.ts';
import { dayMs } from '../../src/time/index.ts';
import type { Request } from '../mail.ts';
import { days, type Place } from './estate.ts';

/** Default of `renewal.window`, and of `thresholds.critical`. */
const [windowDays, criticalDays] = [60, 14];
/** A request may wait for the mail server or the clock; by then somebody must have been told. */
const graceDays = 2;
const calmMs = 4 * dayMs;

interface Seen {
  readonly now: Date;
  /** For how long nothing has been wrong around the environment. */
  readonly quietMs: number;
  /** Its files are damaged, or the machine's clock is wrong. */
  readonly damaged: boolean;
}

export class Watcher {
  readonly broken: string[] = [];
  readonly #requests = new Map<string, number>();

  requested({ environment, fingerprint }: Request, { deployed }: Place, now: Date): void {
    const left = days(now, deployed.notAfter);
    if (left > windowDays + 1) this.#tell(environment, now, `asked for ${Math.floor(left)} days before the end`);
    if (fingerprint !== deployed.fingerprint)
      this.#tell(environment, now, 'asked for a certificate that is not deployed');
    const key = `${environment} ${fingerprint}`;
    const count = (this.#requests.get(key) ?? 0) + 1;
    this.#requests.set(key, count);
    if (count > 1) this.#tell(environment, now, `the desk has been asked ${count} times for one certificate`);
  }

  hasRequest = ({ name, deployed }: Place): boolean => this.#requests.has(`${name} ${deployed.fingerprint}`);

  look(place: Place, { findings, status }: EnvironmentStatus, { now, quietMs, damaged }: Seen): void {
    const left = days(now, place.deployed.notAfter);
    const alarms = findings.filter(({ severity }) => severity !== 'info');
    const unasked = !this.hasRequest(place);
    if (left < windowDays - graceDays && unasked && alarms.length === 0)
      this.#tell(place.name, now, `no request ${Math.floor(left)} days before the end, and no alarm`);
    // A clock that is wrong, or a file that is damaged, has an alarm of its own.
    if (left < criticalDays - 1 && status !== 'critical' && !damaged)
      this.#tell(place.name, now, `${Math.floor(left)} days before the end, and the status is ${status}`);
    if (damaged && alarms.length === 0) this.#tell(place.name, now, 'something is wrong, and there is no alarm');
    if (quietMs > calmMs && left > windowDays + 1 && alarms.length > 0)
      this.#tell(place.name, now, `nothing is wrong any more, but ${alarms.map(({ code }) => code).join(', ')}`);
  }

  /** After weeks without a fault. */
  atEnd(place: Place, { findings, renewal }: EnvironmentStatus, now: Date): void {
    const left = days(now, place.deployed.notAfter);
    const alarms = findings.filter(({ severity }) => severity !== 'info');
    if (left > windowDays + 1 && alarms.length > 0)
      this.#tell(place.name, now, `at the end ${alarms.map(({ code }) => code).join(', ')}`);
    if (['sending', 'uncertain', 'failed'].includes(renewal.state))
      this.#tell(place.name, now, `at the end ${renewal.state}`);
  }

  #tell(environment: string, now: Date, what: string): void {
    const said = `${environment}: ${what}`;
    // The same on the next day says nothing new.
    if (this.#last.get(environment) !== said) this.broken.push(`${now.toISOString().slice(0, 10)} ${said}`);
    this.#last.set(environment, said);
  }

  readonly #last = new Map<string, string>();
}
