import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { azureVaultName } from '../own-tools.ts';
import type { SourceOf } from '../reader.ts';
import type { StoreSource } from '../types.ts';
import { distinct, ofKind, type Policy } from './policy.ts';

/** A certificate is read through the secret of the same name, and imported as a certificate. */
export function azurePolicy(sources: readonly StoreSource[], written: readonly StoreSource[]): Policy[] {
  const scopesOf = (all: readonly SourceOf<'azure_secret' | 'azure_certificate'>[], collection = 'secrets') =>
    distinct(all.map(({ vault, name }) => `${azureVaultName(vault)} ${collection}/${name}`));
  const scopes = scopesOf([...ofKind(sources, 'azure_secret'), ...ofKind(sources, 'azure_certificate')]);
  if (scopes.length === 0) return [];
  const newScopes = scopesOf(ofKind(written, 'azure_secret'));
  const imported = scopesOf(ofKind(written, 'azure_certificate'), 'certificates');
  const assigned = (role: string, each: string) => {
    const [vault = '', scope = ''] = each.split(' ');
    return { role, vault, scope };
  };
  const value = [
    ...scopes.map((each) => assigned(`Key Vault Secrets ${newScopes.includes(each) ? 'Officer' : 'User'}`, each)),
    ...imported.map((each) => assigned('Key Vault Certificates Officer', each)),
  ];
  const also = [
    ...(newScopes.length > 0 ? ['and Set for those that are written'] : []),
    ...(imported.length > 0 ? ['and the certificate permission Import'] : []),
  ];
  const smallest =
    imported.length > 0
      ? ' Of the role Key Vault Certificates Officer, only Microsoft.KeyVault/vaults/certificates/import/action is used: a role of your own with that is enough.'
      : '';
  return [
    {
      store: 'azure',
      title: 'Azure: role assignments for the identity of this service (PRINCIPAL: its principal ID)',
      text: joined(value.map(command), '\n'),
      value,
      note: `In a vault with access policies instead of roles: ${['the secret permission Get', ...also].join(', ')}.${smallest}`,
    },
  ];
}

const command = ({ role, vault, scope }: { role: string; vault: string; scope: string }): SafeText =>
  say`az role assignment create --assignee PRINCIPAL --role ${shellWord(role)} --scope "$(az keyvault show --name ${shellWord(vault)} --query id --output tsv)"/${shellWord(scope)}`;
