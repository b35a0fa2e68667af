/** `{ azure_secret: NAME, vault: URL }`: the current version of a secret. */
import { storeReader } from '../store/reader.ts';
import { vaultStore } from './key-vault.ts';

export const azureSecret = storeReader<'azure_secret'>({
  place: ({ name, vault, store }) => ({ name, store: vaultStore(vault, store) }),
});
