import { readCredential } from '../credential/read.ts';
import { handshake } from '../mesh/handshake.ts';
import type { Renewals } from '../renewal/renewals.ts';
import { examine, type Variables } from './examine.ts';
import type { Actions } from './monitor.ts';

/** What the service really does: reads files, calls MESH, moves renewals on. */
export function createActions(env: Variables, now: () => Date, renewals: Pick<Renewals, 'step'>): Actions {
  return {
    examine: (environment, kept, at) => examine(environment, kept, env, at),
    // Read for the occasion, so that key and passphrase are held no longer than the probe lasts.
    handshake: async (environment, signal) => {
      const credential = environment.credential && (await readCredential(environment.credential, env));
      const result = await handshake(environment, credential, { now, env, signal });
      return { result, ...(credential ? { contentHash: credential.contentHash } : {}) };
    },
    renew: (input, at) => renewals.step(input, at),
  };
}
