import type { Variables } from '../config/index.ts';
import {
  type Bench,
  examine,
  noVerdicts,
  read,
  readAhead,
  type UnchangedLook,
  type Verdicts,
} from '../examine/index.ts';
import { handshake } from '../mesh/index.ts';
import type { Actions } from '../monitor/index.ts';
import type { Renewals } from '../renewal/index.ts';

/** What the service really does: reads files, makes handshakes, moves renewals forward. */
export function createActions(
  env: Variables,
  now: () => Date,
  renewals: Pick<Renewals, 'circumstances' | 'step' | 'view'>,
  bench: Bench,
  look?: Pick<UnchangedLook, 'areUnchanged' | 'files'>,
  verdicts: Pick<Verdicts, 'isEmpty' | 'note' | 'recall'> = noVerdicts,
): Actions {
  return {
    readAhead: (environments) => readAhead(environments, env),
    examine: async (environment, last, at, files) => {
      const found = await examine(environment, last, env, at, bench, files);
      if (found && found.judged !== last?.judged) verdicts.note(found);
      return found;
    },
    // Read again, so that the handshake uses what is on disk now.
    handshake: async (environment, last, signal) => {
      const credential = environment.credential && (await read(environment.credential, env, last, bench));
      const result = await handshake(environment, credential, { now, env, signal });
      return { result, ...(credential ? { contentHash: credential.contentHash } : {}) };
    },
    renew: (input, at) => renewals.step(input, at),
    viewRenewal: (input, at) => renewals.view(input, at),
    circumstances: (at) => renewals.circumstances(at),
    ...(verdicts.isEmpty ? {} : { recall: (environment, at, files) => verdicts.recall(environment, env, at, files) }),
    ...(look ? { areUnchanged: look.areUnchanged, readFiles: look.files } : {}),
  };
}
