/** The built service over a few environments that are due for renewal, with everything around it that can go wrong. */
import { readFile, writeFile } from 'node:fs/promises';
import { openStore } from '../../src/renewal/store/store.ts';
import type { StoredRenewal } from '../../src/renewal/types.ts';
import { type DiskEstate, diskEstate } from '../../test/support/disk-estate.ts';
import { eventually } from '../../test/support/process.ts';
import { environmentIn } from '../../test/support/renewal/due.ts';
import { type ServiceProcess, startServiceProcess, stopServiceProcess } from '../../test/support/service-process.ts';
import type { Liveness } from '../liveness.ts';
import { type MoodyServer, startMoodyServer } from '../mail.ts';

export const desk = 'desk@example.nhs.uk';
const names = ['alpha', 'beta', 'gamma'];

/** At SIGUSR2 the machine's clock is set a year ahead, and back at the next. */
const settableClock = `
let offMs = 0;
const Right = Date;
process.on('SIGUSR2', () => { offMs = offMs === 0 ? 365 * 86400000 : 0; });
const now = () => Right.now() + offMs;
globalThis.Date = new Proxy(Right, {
  construct: (_, given) => (given.length > 0 ? new Right(...given) : new Right(now())),
  get: (_, key) => (key === 'now' ? now : Right[key]),
});
Right.prototype.constructor = globalThis.Date;`;

export class Stage {
  readonly estate: DiskEstate;
  readonly mail: MoodyServer;
  readonly #liveness: Liveness;
  service: ServiceProcess | undefined;
  starts = 0;
  #isReady = false;
  #isExpected = true;

  private constructor(estate: DiskEstate, mail: MoodyServer, liveness: Liveness) {
    this.estate = estate;
    this.mail = mail;
    this.#liveness = liveness;
  }

  /** Whose clock an earlier process has confirmed, so that requests are sent at once. */
  static async set(liveness: Liveness): Promise<Stage> {
    const [estate, mail] = [await diskEstate(names), await startMoodyServer()];
    const file = JSON.parse(await readFile(estate.config, 'utf8'));
    file.email = { from: 'monitor@example.nhs.uk', smtp: { host: '127.0.0.1', port: mail.port, tls: 'none' } };
    for (const [number, environment] of file.environments.entries()) {
      environment.mesh.mailbox_id = `X26ABC${number}`;
      environment.renewal = { window: '3650d', mode: 'send', key: 'reuse', desk: [desk] };
    }
    await writeFile(estate.config, JSON.stringify(file));
    const store = openStore(estate.stateDir, { exclusive: true });
    store.noteClock({ seenAt: new Date() });
    store.close();
    return new Stage(estate, mail, liveness);
  }

  async start(): Promise<ServiceProcess> {
    this.starts += 1;
    [this.#isReady, this.#isExpected] = [false, true];
    this.service = await startServiceProcess(this.estate.config, { env: this.estate.env, preload: settableClock });
    void this.#askOnceReady(this.service);
    return this.service;
  }

  /** Before its first cycle has ended it loads what it needs. */
  async #askOnceReady(service: ServiceProcess): Promise<void> {
    const isReady = () =>
      service.get('/health/ready').then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    await eventually(service.output, () => (this.service === service ? isReady() : true)).catch(() => undefined);
    if (this.service !== service) return;
    this.#isReady = true;
    this.#tell();
  }

  #tell(): void {
    this.#liveness.ask(this.#isReady && this.#isExpected ? this.service?.url : undefined);
  }

  /** At once. */
  async kill(): Promise<void> {
    this.expectAnswers(false);
    await stopServiceProcess(this.service);
    this.service = undefined;
  }

  /** For as long as it is stopped, or ends, nobody expects an answer, even if it has just become ready. */
  expectAnswers(expected: boolean): void {
    this.#isExpected = expected;
    this.#tell();
  }

  /** @returns how it ended: 0, or what it was that did not end within the time it promises. */
  async end(): Promise<number | string> {
    const { service } = this;
    if (!service) return 0;
    this.expectAnswers(false);
    service.child.kill('SIGTERM');
    const impatient = setTimeout(() => service.child.kill('SIGKILL'), 12_000);
    const ended = await service.ended;
    clearTimeout(impatient);
    this.service = undefined;
    return ended;
  }

  /** Waits until every environment has been asked for, or has an alarm that says why not. */
  async settled(): Promise<readonly string[]> {
    const { service } = this;
    if (!service) throw new Error('the service is not running');
    const left = async () => {
      const silent: string[] = [];
      for (const name of names) if (!(await this.#isAccountedFor(name, service))) silent.push(name);
      return silent;
    };
    return eventually(service.output, async () => ((await left()).length === 0 ? [] : undefined), 30_000).catch(left);
  }

  async #isAccountedFor(name: string, service: ServiceProcess): Promise<boolean> {
    if (this.requestsFor(name) > 0) return true;
    const response = await service.get(`/api/v1/environments/${name}`);
    const { findings = [] } = (await response.json()) as { findings?: { code: string; severity: string }[] };
    // About the renewal itself: that MESH cannot be reached is so in every run.
    return findings.some(({ code, severity }) => severity !== 'info' && /^renewal_|^clock_|^state_/.test(code));
  }

  /** How often the desk has been asked for it. */
  requestsFor(name: string): number {
    return this.mail.taken.filter(({ to, bytes }) => to.includes(desk) && environmentIn(bytes) === name).length;
  }

  /** Only while no service runs. */
  records(): StoredRenewal[] {
    const store = openStore(this.estate.stateDir, { exclusive: true });
    try {
      return store.list();
    } finally {
      store.close();
    }
  }

  get names(): readonly string[] {
    return names;
  }

  async strike(): Promise<void> {
    await this.kill();
    await this.mail.close();
    await this.estate.remove();
  }
}
