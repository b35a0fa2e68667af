/** `{ azure_certificate: NAME, vault: URL }`: a certificate with its key, PKCS#12 or PEM as its policy says. */
import { storeReader } from '../store/reader.ts';
import { vaultStore } from './key-vault.ts';

export const azureCertificate = storeReader<'azure_certificate'>({
  place: ({ name, vault, store }) => ({ name, store: vaultStore(vault, store) }),
});
