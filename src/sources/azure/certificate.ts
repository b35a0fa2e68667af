/** `{ azure_certificate: NAME, vault: URL }`: a certificate with its key, PKCS#12 or PEM as its policy says. */
import { say } from '../../text/index.ts';
import { storeReader } from '../store/reader.ts';
import { vaultStore } from './key-vault.ts';

export const azureCertificate = storeReader<'azure_certificate'>({
  label: ({ name, vault }) => say`Key Vault certificate ${vault}/certificates/${name}`,
  place: ({ name, vault, store }) => ({ name, store: vaultStore(vault, store) }),
});
