/** Which certificate is deployed, where nothing else has been read of it. */
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import { readCredential } from '../credential/index.ts';

/** Its fingerprint; undefined if there is none, or it cannot be read. */
export async function deployedIn({ credential }: ResolvedEnvironment, env: Variables): Promise<string | undefined> {
  return credential && (await readCredential(credential, env)).certificate?.fingerprintSha256;
}
