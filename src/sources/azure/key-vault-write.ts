/** A new version of a secret in Key Vault. */
import { type SafeText, say, shellWord } from '../../text/index.ts';
import { azureItem } from '../own-tools.ts';
import { NotWritableError, type Put, type StoreWriter, throughFile } from '../store/writer.ts';
import type { AzureSettings } from '../types.ts';
import { connect } from './key-vault.ts';
import {
  type AzureSource,
  assertFits,
  committed,
  currentVersion,
  encodingTag,
  isStillThere,
  type Secret,
  tagOptions,
  vaultCall,
} from './write-calls.ts';

export const azureSecretWriter: StoreWriter<'azure_secret'> = {
  async prepare([{ source, content }]: readonly [Put<AzureSource>, ...Put<AzureSource>[]]) {
    const { name, vault } = source;
    assertFits(content);
    const secrets = await open(vault, source.store);
    const before = await secrets.get(name);
    const value = content.toString('utf8');
    return {
      async commit() {
        const version = await secrets.set(name, value, before);
        return committed(version, before, (to) => goBack(source, to));
      },
      async undo() {
        const now = await secrets.get(name);
        if (now?.value !== value || before?.value === value) return;
        // Deleting would hold the name, so that the next try would fail.
        if (!before) throw new NotWritableError(isStillThere('secret', source));
        await secrets.set(name, before.value, before);
      },
    };
  },
};

/** That `az` knows. */
const encodings = new Set(['ascii', 'base64', 'hex', 'utf-16be', 'utf-16le', 'utf-8']);

/** Key Vault keeps versions, but has no call that makes one the current one again. The tool takes a secret from a file only. */
function goBack(source: AzureSource, { version = '', contentType, tags }: Secret): SafeText {
  const at = azureItem(source);
  const type = contentType === undefined ? say`` : say` --content-type ${shellWord(contentType)}`;
  // What the download decodes because of this tag has to be encoded again.
  const encoding = tags?.[encodingTag];
  const encoded = encoding !== undefined && encodings.has(encoding) ? say` --encoding ${shellWord(encoding)}` : say``;
  // The tool writes to no file that is there already.
  const get = say`rm "$f" && az keyvault secret download ${at} --version ${shellWord(version)} --file "$f"${encoded}`;
  return throughFile(
    say`${get} && az keyvault secret set ${at} --file "$f"${encoded}${type}${tagOptions(tags)} --output none`,
  );
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
