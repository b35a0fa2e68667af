/** A new version of a secret in Key Vault. */
import { type SafeText, say, shellWord } from '../../text/index.ts';
import { azureVaultName } from '../own-tools.ts';
import { type Committed, NotWritableError, type Put, type StoreWriter, throughFile } from '../store/writer.ts';
import type { AzureSettings, StoreSource } from '../types.ts';
import { connect } from './key-vault.ts';
import { currentVersion, isStillThere, mostBytes, type Secret, vaultCall } from './write-calls.ts';

type SecretSource = Extract<StoreSource, { kind: 'azure_secret' | 'azure_certificate' }>;

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
        if (now?.value !== value || before?.value === value) return;
        // Deleting would hold the name, so that the next try would fail.
        if (!before) throw new NotWritableError(isStillThere('secret', vault, name));
        await secrets.set(name, before.value, before);
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

async function open(vault: string, settings: AzureSettings) {
  const client = await connect(vault, settings);
  return {
    get: (name: string) => currentVersion(client, name),
    async set(name: string, value: string, like: Secret | undefined): Promise<string | undefined> {
      const { contentType, tags } = like ?? {};
      const made = await vaultCall('SetSecret', `secrets/setSecret/action on the secret ${name}`, (abortSignal) =>
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
