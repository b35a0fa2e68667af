/** What the stores' own command-line tools need to find the place: for commands that a person is to run. Pure. */
import { type SafeText, say, shellWord } from '../text/index.ts';
import type { AwsSettings, VaultSettings } from './types.ts';
import { splitPath } from './vault/path.ts';

/** They go after everything else that `aws` is given. */
export function awsOptions({ region, profile }: AwsSettings): SafeText {
  const where = region === undefined ? say`` : say` --region ${shellWord(region)}`;
  return profile === undefined ? where : say`${where} --profile ${shellWord(profile)}`;
}

/** Of a vault's URL. */
export const azureVaultName = (url: string): string => new URL(url).hostname.split('.')[0] ?? url;

/** Which secret or certificate, for `az keyvault`. */
export const azureItem = ({ vault, name }: { readonly vault: string; readonly name: string }): SafeText =>
  say`--vault-name ${shellWord(azureVaultName(vault))} --name ${shellWord(name)}`;

/** Which secret, for `vault kv`: the mount as an option, and the path in it, which goes after all options. */
export function vaultItem(
  whole: string,
  settings: VaultSettings,
): { readonly mount: SafeText; readonly path: SafeText } {
  const { mount, path } = splitPath(whole, settings);
  return { mount: say`-mount=${shellWord(mount)}`, path: shellWord(path) };
}

/** Goes before `vault`. */
export function vaultVariables({ address, namespace }: Pick<VaultSettings, 'address' | 'namespace'>): SafeText {
  const within = namespace === undefined ? say`` : say` VAULT_NAMESPACE=${shellWord(namespace)}`;
  return say`VAULT_ADDR=${shellWord(address)}${within}`;
}
