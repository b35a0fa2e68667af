import type { Variables } from '../config/index.ts';
import { readCredential } from '../credential/index.ts';
import { examine } from '../examine/index.ts';
import { handshake } from '../mesh/index.ts';
import type { Actions } from '../monitor/index.ts';
import type { Renewals } from '../renewal/index.ts';

/** What the service really does: reads files, makes handshakes, moves renewals forward. */
export function createActions(env: Variables, now: () => Date, renewals: Pick<Renewals, 'step'>): Actions {
  return {
    examine: (environment, last, at) => examine(environment, last, env, at),
    // Read again, so that the handshake uses what is on disk now.
    handshake: async (environment, last, signal) => {
      const previous = last && { previous: last };
      const credential = environment.credential && (await readCredential(environment.credential, env, previous));
      const result = await handshake(environment, credential, { now, env, signal });
      return { result, ...(credential ? { contentHash: credential.contentHash } : {}) };
    },
    renew: (input, at) => renewals.step(input, at),
  };
}
