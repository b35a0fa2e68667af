/**
 * One life of the service: it recovers, carries every environment as far as it will go, and then the one during which it is to die. The engine,
 * the database and the mailer are the product's own; only calls of the database are counted here.
 */
import { advanceRenewal } from '../../../src/renewal/engine.ts';
import { createMailer } from '../../../src/renewal/mail/mailer.ts';
import { recoverInterrupted } from '../../../src/renewal/recover.ts';
import type { EngineDeps } from '../../../src/renewal/step.ts';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import { subjectNamed } from '../../support/renewal/due.ts';

export interface Life {
  readonly stateDir: string;
  readonly now: number;
  /** Mail servers of the environments that are to be settled, and of the one during which it dies. */
  readonly port: number;
  readonly dyingPort: number;
  readonly settle: readonly string[];
  readonly dying?: string;
  /** Which of the calls that write for that environment is the last, counted from 0, and whether it is still done. */
  readonly write?: { readonly number: number; readonly done: boolean };
  /** Every environment is called by its name in capitals, as if it had been renamed. */
  readonly renamed?: boolean;
  /** PEM of the deployed key; absent: a new key for each request. */
  readonly keyPem?: string;
  /** There is no certificate yet, and in every life somebody asks for the first. */
  readonly first?: boolean;
}

const life = JSON.parse(process.argv[2] ?? '') as Life;
const now = new Date(life.now);
const die = () => process.kill(process.pid, 'SIGKILL');

function mortal(store: RenewalStore, { number, done }: NonNullable<Life['write']>): RenewalStore {
  let writes = 0;
  const counted = <Arguments extends unknown[], Result>(write: (...args: Arguments) => Result) => {
    return (...args: Arguments): Result => {
      const last = writes++ === number;
      if (last && !done) die();
      const result = write(...args);
      if (last) die();
      return result;
    };
  };
  return {
    ...store,
    begin: counted(store.begin),
    transition: counted(store.transition),
    note: counted(store.note),
    tryNotice: counted(store.tryNotice),
    noticeSent: counted(store.noticeSent),
  };
}

const calledNow = (name: string) => (life.renamed ? name.toUpperCase() : name);
function inputFor(name: string) {
  const { assessment, ...subject } = subjectNamed(name, life.keyPem);
  const environment = { ...subject.environment, name: calledNow(name) };
  return life.first ? { ...subject, environment, asked: {} } : { ...subject, assessment, environment };
}

function depsFor(name: string, store: RenewalStore): EngineDeps {
  const dying = name === life.dying;
  const smtp = { host: '127.0.0.1', port: dying ? life.dyingPort : life.port, tls: 'none' } as const;
  const from = 'mesh-certificates@example.org';
  return {
    store: dying && life.write ? mortal(store, life.write) : store,
    mailer: createMailer({ from, smtp }, life.stateDir, {}),
    from,
    stateDir: life.stateDir,
    env: {},
    log: { info: () => {}, warn: () => {} },
    unsaved: new Map(),
    lastKnown: new Map(),
    unrecorded: new Map(),
    making: new Set(),
    deployed: new Map(),
    clock: { doubt: undefined, step: undefined },
    names: new Set([...life.settle, ...(life.dying === undefined ? [] : [life.dying])].map(calledNow)),
    configurationFile: '/etc/monitor.yaml',
  };
}

// Not at the top level of the module, because CommonJS, in which this is packed, cannot wait there.
async function liveOnce(): Promise<void> {
  const store = openStore(life.stateDir, { exclusive: true });
  // With the deaths of `mortal`: a service can also die while it puts right what the last death left.
  recoverInterrupted(life.dying === undefined ? store : depsFor(life.dying, store).store, now);
  for (const name of [...life.settle, ...(life.dying === undefined ? [] : [life.dying])])
    await advanceRenewal(inputFor(name), depsFor(name, store), now);
  store.close();
}

void liveOnce();
