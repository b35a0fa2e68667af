/** `{ azure_secret: NAME, vault: URL }`: the current version of a secret. */
import { say } from '../../text/index.ts';
import { storeReader } from '../store/reader.ts';
import { vaultStore } from './key-vault.ts';

export const azureSecret = storeReader<'azure_secret'>({
  label: ({ name, vault }) => say`Key Vault secret ${vault}/secrets/${name}`,
  place: ({ name, vault, store }) => ({ name, store: vaultStore(vault, store) }),
});
