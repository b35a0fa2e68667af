/** Puts the renewal that a fault supposes into the record on disk, for commands that read it. */
import { openStore } from '../../../src/renewal/store/store.ts';
import type { EnvironmentStatus } from '../../../src/status/types.ts';
import { type } from '../cli.ts';
import type { Bench } from './bench.ts';

export async function recordReally(bench: Bench, { certificates, name }: EnvironmentStatus): Promise<void> {
  const { state, record } = bench.renewal;
  const certificate = certificates.find(({ role }) => role === 'client')?.certificate;
  if (!record || !certificate) return;
  const { fingerprintSha256, notAfter, serial, subject } = certificate;
  const key = { environment: name, fingerprintSha256 };
  const { delivery, lastError, messageId, refusedThing, requestedAt } = record;
  const changes = {
    ...(delivery ? { delivery } : {}),
    ...(lastError ? { lastError } : {}),
    ...(messageId ? { messageId } : {}),
    ...(refusedThing ? { refusedThing } : {}),
    ...(requestedAt ? { requestedAt } : {}),
  };
  if (state === 'requested') {
    // With the key and the request that the desk answers to.
    const words = ['renew', '--config', bench.configurationFile, '--environment', name, '--reason', 'sample'];
    await type(words, { env: bench.env });
  }
  const store = openStore(bench.path('state'), { exclusive: false });
  try {
    if (state === 'requested') store.note(key, changes);
    else {
      store.begin({ ...key, commonName: subject.commonName ?? '', serial, notAfter }, new Date(), 'sample');
      if (state !== 'not_due')
        store.transition(key, { from: ['not_due'], to: state, at: new Date(), reason: 'sample', changes });
    }
    const { keyFile } = store.get(key) ?? {};
    if (bench.renewal.keyMissing && keyFile) bench.remove(`state/${keyFile}`);
  } finally {
    store.close();
  }
}
