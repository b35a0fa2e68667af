/** Puts the renewal that a fault supposes into the record on disk, for commands that read it. */
import { readFileSync } from 'node:fs';
import { openStore } from '../../../src/renewal/store/store.ts';
import type { EnvironmentStatus } from '../../../src/status/types.ts';
import { type } from '../cli.ts';
import { signRequest } from '../pki.ts';
import { type Bench, inDays } from './bench.ts';

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
  const isMade = state === 'requested' || state === 'issued';
  if (isMade) {
    // With the key and the request that the desk answers to.
    const words = ['renew', '--config', bench.configurationFile, '--environment', name, '--reason', 'sample'];
    await type(words, { env: bench.env });
  }
  const store = openStore(bench.path('state'), { exclusive: false });
  try {
    if (isMade) store.note(key, changes);
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
  if (state === 'issued') await acceptReally(bench, name);
}

/** What the desk issues, as a file: accepted and laid out, and not installed. */
async function acceptReally(bench: Bench, name: string): Promise<void> {
  const from = ['--config', bench.configurationFile];
  bench.write('ISSUED.eml', await issuedFor(bench));
  await type(['accept', ...from, '--environment', name, bench.path('ISSUED.eml')], { env: bench.env });
}

/** The desk signs the newest request. */
export async function issuedFor(bench: Bench): Promise<string> {
  const { stdout } = await type(['renewals', '--config', bench.configurationFile, '--format', 'json'], {});
  const { csrFile } = JSON.parse(stdout).renewals.at(-1).record;
  const csr = readFileSync(bench.path(`state/${csrFile}`), 'utf8');
  return (await signRequest({ ...bench.pki.sub, notAfter: inDays(3000) }, csr, { notBefore: inDays(-0.1) })).pem;
}
