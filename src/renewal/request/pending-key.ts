/** The private key of a request, kept in a secret store (`renewal.pending_key`) instead of a file below the state directory. */
import {
  prepareWrite,
  type ResolvedEnvironment,
  refreshSources,
  sourceLabel,
  type Variables,
} from '../../config/index.ts';
import { type PrivateKeyHandle, readCredential } from '../../credential/index.ts';
import type { SafeText } from '../../text/index.ts';
import { spkiSha256Of } from '../../x509/index.ts';
import type { RenewalRecord } from '../types.ts';

/** What the store has of a request’s key. `unknown`: it did not say, or what is there cannot be read. */
export type HeldKey =
  | { readonly kind: 'held'; readonly handle: PrivateKeyHandle }
  | { readonly kind: 'gone' | 'unknown'; readonly why: string; readonly passphraseWrong?: boolean };

type Kept = Pick<RenewalRecord, 'keyPlace' | 'spkiSha256'>;

/** Asks the store. Not for a request whose key is in a file, or is the deployed one. */
export async function heldKey(record: Kept, environment: ResolvedEnvironment, env: Variables): Promise<HeldKey> {
  const { pendingKey } = environment.renewal;
  if (pendingKey) await refreshSources([[pendingKey]], env);
  return lastHeldKey(record, environment, env);
}

/** As the store was read last, in this cycle or a little earlier. */
export async function lastHeldKey(
  { keyPlace, spkiSha256 }: Kept,
  { renewal, credential }: ResolvedEnvironment,
  env: Variables,
): Promise<HeldKey> {
  const { pendingKey } = renewal;
  if (!pendingKey || sourceLabel(pendingKey) !== keyPlace)
    return { kind: 'unknown', why: `it was put at ${keyPlace}, which renewal.pending_key no longer names` };
  const passphrase = renewal.passphrase ?? credential?.passphrase;
  const found = await readCredential({ privateKey: pendingKey, ...(passphrase ? { passphrase } : {}) }, env);
  const { privateKey, missing = [], problems, storeProblems = [] } = found;
  const why = problems.map(({ message }) => message).join(' ');
  if (storeProblems.length > 0) return { kind: 'unknown', why };
  if (missing.length > 0) return { kind: 'gone', why: `there is no key at ${keyPlace}` };
  if (!privateKey)
    return { kind: 'unknown', why, passphraseWrong: problems.some(({ code }) => code === 'passphrase_wrong') };
  const isOurs = spkiSha256Of(privateKey.publicKey.spki) === spkiSha256;
  return isOurs
    ? { kind: 'held', handle: privateKey }
    : { kind: 'gone', why: `the key at ${keyPlace} is not the one of the request` };
}

/** Whether it is certainly not there any more. */
export const keyIsGoneFrom =
  (environment: ResolvedEnvironment, env: Variables) =>
  async (record: Kept): Promise<boolean> =>
    (await heldKey(record, environment, env)).kind === 'gone';

/**
 * Makes it the new version of what `renewal.pending_key` names.
 * @returns the place
 * @throws {WriteRefusedError} with the permission that is missing, if that is why.
 */
export async function keepPendingKey(
  pendingKey: NonNullable<ResolvedEnvironment['renewal']['pendingKey']>,
  encryptedKeyPem: string,
  env: Variables,
): Promise<SafeText> {
  const written = await prepareWrite([{ source: pendingKey, content: Buffer.from(encryptedKeyPem) }], env);
  await written.commit();
  return sourceLabel(pendingKey);
}
