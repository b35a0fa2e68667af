/** A new version of a secret in Key Vault. */
import { type SafeText, say, shellWord } from '../../text/index.ts';
import { azureVaultName } from '../own-tools.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import {
  type Committed,
  missingPermission,
  NotWritableError,
  type Put,
  type StoreWriter,
  throughFile,
  writeCall,
} from '../store/writer.ts';
import type { AzureSettings, StoreSource } from '../types.ts';
import { azureFailure, connect } from './key-vault.ts';

type SecretSource = Extract<StoreSource, { kind: 'azure_secret' | 'azure_certificate' }>;

/** Key Vault, About secrets. */
const mostBytes = 25 * 1024;
const actions = { GetSecret: 'getSecret', SetSecret: 'setSecret' } as const;

export const azureSecretWriter: StoreWriter<'azure_secret'> = {
  async prepare([{ source, content }]: readonly [Put<SecretSource>, ...Put<SecretSource>[]]) {
    const { name, vault } = source;
    if (content.length > mostBytes) throw new NotWritableError('holds at most 25 KB, and the new value is larger');
    const secrets = await open(vault, source.store);
    const before = await secrets.get(name);
    const value = content.toString('utf8');
    return {
      async commit(): Promise<Committed> {
        const version = await secrets.set(name, value, before);
        if (before?.version === undefined) return { ...(version !== undefined && { version }) };
        return {
          ...(version !== undefined && { version }),
          previous: before.version,
          back: goBack(vault, name, before.version, before.contentType),
        };
      },
      async undo() {
        const now = await secrets.get(name);
        if (before && now?.value === value && before.value !== value) await secrets.set(name, before.value, before);
      },
    };
  },
};

/** Key Vault keeps versions, but has no call that makes one the current one again. The tool takes a secret from a file only. */
function goBack(vault: string, name: string, version: string, contentType: string | undefined): SafeText {
  const at = say`--vault-name ${shellWord(azureVaultName(vault))} --name ${shellWord(name)}`;
  const type = contentType === undefined ? say`` : say` --content-type ${shellWord(contentType)}`;
  // The tool writes to no file that is there already.
  const get = say`rm "$f" && az keyvault secret download ${at} --version ${shellWord(version)} --file "$f"`;
  return throughFile(say`${get} && az keyvault secret set ${at} --file "$f"${type} --output none`);
}

interface Secret {
  readonly value: string;
  readonly version?: string | undefined;
  readonly contentType?: string | undefined;
  readonly tags?: { [name: string]: string } | undefined;
}

async function open(vault: string, settings: AzureSettings) {
  const client = await connect(vault, settings);
  const call = <T>(operation: keyof typeof actions, name: string, work: (signal: AbortSignal) => Promise<T>) =>
    writeCall(async (signal): Promise<T | undefined> => {
      try {
        return await work(signal);
      } catch (error) {
        const item = azureFailure(operation, error, signal);
        if ('refused' in item && item.isMissing && operation === 'GetSecret') return undefined;
        if ('refused' in item) throw new NotWritableError(item.refused);
        if (!('problem' in item)) throw error;
        const { problem } = item;
        const action = `Microsoft.KeyVault/vaults/secrets/${actions[operation]}/action on the secret ${name}`;
        throw new StoreUnavailableError(
          problem.kind === 'denied' ? { ...problem, remedy: missingPermission(action) } : problem,
        );
      }
    });
  return {
    async get(name: string): Promise<Secret | undefined> {
      const found = await call('GetSecret', name, (abortSignal) => client.getSecret(name, { abortSignal }));
      if (!found) return undefined;
      const { version, contentType, tags } = found.properties;
      return { value: found.value ?? '', version, contentType, tags };
    },
    async set(name: string, value: string, like: Secret | undefined): Promise<string | undefined> {
      const { contentType, tags } = like ?? {};
      const made = await call('SetSecret', name, (abortSignal) =>
        client.setSecret(name, value, {
          abortSignal,
          ...(contentType === undefined ? {} : { contentType }),
          ...(tags === undefined ? {} : { tags }),
        }),
      );
      return made?.properties.version;
    },
  };
}
