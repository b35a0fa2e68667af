/** What writing a secret and importing a certificate share. */
import type { SecretClient } from '@azure/keyvault-secrets';
import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { azureItem } from '../own-tools.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import { type Committed, missingPermission, NotWritableError, writeCall } from '../store/writer.ts';
import type { StoreSource } from '../types.ts';
import { azureFailure } from './key-vault.ts';

export type AzureSource = Extract<StoreSource, { kind: 'azure_secret' | 'azure_certificate' }>;

/** Of a value. Key Vault, About secrets. */
const mostBytes = 25 * 1024;

/** @throws {NotWritableError} */
export function assertFits({ length }: Buffer): void {
  if (length > mostBytes) throw new NotWritableError('holds at most 25 KB, and the new value is larger');
}

export interface Secret {
  readonly value: string;
  readonly version?: string | undefined;
  readonly contentType?: string | undefined;
  readonly tags?: { [name: string]: string } | undefined;
}

/**
 * Undefined if there is nothing to read.
 * @param action that has to be allowed, as Azure calls it after `Microsoft.KeyVault/vaults/`
 * @throws {NotWritableError}
 * @throws {StoreUnavailableError}
 */
export const vaultCall = <T>(operation: string, action: string, work: (signal: AbortSignal) => Promise<T>) =>
  writeCall(async (signal): Promise<T | undefined> => {
    try {
      return await work(signal);
    } catch (error) {
      const item = azureFailure(operation, error, signal);
      if ('refused' in item && item.isMissing && operation === 'GetSecret') return undefined;
      if ('refused' in item) throw new NotWritableError(item.refused);
      if (!('problem' in item)) throw error;
      const { problem } = item;
      const remedy = missingPermission(`Microsoft.KeyVault/vaults/${action}`);
      throw new StoreUnavailableError(problem.kind === 'denied' ? { ...problem, remedy } : problem);
    }
  });

/** A certificate is read as the secret of the same name, which has the same versions. */
export async function currentVersion(client: SecretClient, name: string): Promise<Secret | undefined> {
  const found = await vaultCall('GetSecret', `secrets/getSecret/action on the secret ${name}`, (abortSignal) =>
    client.getSecret(name, { abortSignal }),
  );
  if (!found) return undefined;
  const { version, contentType, tags } = found.properties;
  return { value: found.value ?? '', version, contentType, tags };
}

/** @param back the command that goes back to what was there before */
export function committed(
  made: string | undefined,
  before: Secret | undefined,
  back: (to: Secret) => SafeText,
): Committed {
  const version = made === undefined ? {} : { version: made };
  return before?.version === undefined ? version : { ...version, previous: before.version, back: back(before) };
}

/** Of what was made new, and is not needed. Continues a sentence that begins with the place. */
export const isStillThere = (kind: 'secret' | 'certificate', source: AzureSource): SafeText =>
  say`was made new and is still there; to remove it: az keyvault ${kind} delete ${azureItem(source)}`;

/** A tag of the tool's own: how the value was made of a file, and is to be written to one. */
export const encodingTag = 'file-encoding';

/** For `az`, which makes a version without those that it is not given. */
export function tagOptions(tags: Secret['tags']): SafeText {
  const kept = Object.entries(tags ?? {}).filter(([name]) => name !== encodingTag);
  return kept.length === 0
    ? say``
    : say` --tags ${joined(
        kept.map(([name, value]) => shellWord(`${name}=${value}`)),
        ' ',
      )}`;
}
