/** A state directory with the product's own store and engine, and a mailer that remembers its messages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../../../src/config/types.ts';
import { advanceRenewal } from '../../../src/renewal/engine.ts';
import type { Mailer, SendResult } from '../../../src/renewal/mail/mailer.ts';
import type { Message } from '../../../src/renewal/mail/request-message.ts';
import type { EngineDeps, RenewalInput, RenewalStep } from '../../../src/renewal/step.ts';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import type { StoredRenewal } from '../../../src/renewal/types.ts';
import { literal } from '../../../src/text/index.ts';
import { crashNow, desk, subjectNamed } from './due.ts';

export const sent: SendResult = { outcome: 'sent', retry: false, reason: literal('accepted'), refused: [] };

export interface World {
  readonly directory: string;
  readonly stateDir: string;
  readonly store: RenewalStore;
  readonly messages: Message[];
  /** The mailer's next results; `sent` when none is left. */
  readonly answers: Partial<SendResult>[];
  /** Every environment in the configuration. */
  names: ReadonlySet<string>;
  deps(more?: Partial<EngineDeps>): EngineDeps;
  step(input: RenewalInput, at?: Date, more?: Partial<EngineDeps>): Promise<RenewalStep>;
  /** What went to the desk. */
  requests(): Message[];
  records(): StoredRenewal[];
  close(): void;
}

export function world(...names: string[]): World {
  const directory = mkdtempSync(join(tmpdir(), 'renewal-world-'));
  const stateDir = join(directory, 'state');
  const store = openStore(stateDir, { exclusive: true });
  const messages: Message[] = [];
  const answers: Partial<SendResult>[] = [];
  const mailer: Mailer = {
    send: async (message, _now, handover) => {
      messages.push(message);
      const answer = { ...sent, ...answers.shift() };
      if (answer.outcome === 'sent' || answer.outcome === 'uncertain') await handover?.begins?.();
      return answer;
    },
  };
  const memory = {
    unsaved: new Map(),
    lastKnown: new Map(),
    unrecorded: new Map(),
    deployed: new Map(),
    making: new Set<string>(),
  };
  const made: World = {
    directory,
    stateDir,
    store,
    messages,
    answers,
    names: new Set(names),
    deps: (more = {}) => ({
      store,
      mailer,
      from: 'mesh-certificates@example.org',
      stateDir,
      env: {},
      log: { info: () => {}, warn: () => {} },
      ...memory,
      clock: { doubt: undefined, step: undefined },
      names: made.names,
      configurationFile: '/etc/mesh monitor.yaml',
      ...more,
    }),
    step: (input, at = crashNow, more = {}) => advanceRenewal(input, made.deps(more), at),
    requests: () => messages.filter(({ to }) => to.some(({ address }) => address === desk)),
    records: () => store.list(),
    close: () => {
      store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return made;
}

/** An environment in its renewal window, which has deployed the certificate of that name (default: its own). */
export function subject(
  name: string,
  { certificate = 'one certificate', ...changes }: Partial<ResolvedEnvironment> & { certificate?: string } = {},
): RenewalInput {
  const { environment, ...rest } = subjectNamed(certificate);
  return { ...rest, environment: { ...environment, ...changes, name } };
}

export const codesOf = ({ findings }: RenewalStep) => findings.map(({ code }) => code);
