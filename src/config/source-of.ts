/** From the form in the file to a `Source`. */
import { resolve } from 'node:path';
import {
  type AwsSettings,
  type AzureSettings,
  type KubernetesSettings,
  type LocalSource,
  Secret,
  type Source,
  type StoreSource,
  type VaultSettings,
} from '../sources/index.ts';
import type { ConfigurationFile } from './schema.ts';
import type { LocalForm, SourceForm, StoreForm } from './source-forms.ts';

export type Sources = ReturnType<typeof sourcesFrom>;
type StoresFile = NonNullable<ConfigurationFile['stores']>;

/** @param directory to which paths are relative */
export function sourcesFrom(directory: string, stores: StoresFile) {
  const local = (form: LocalForm): LocalSource => {
    if (typeof form === 'string') return { kind: 'inline', value: new Secret(form) };
    if ('file' in form) return { kind: 'file', path: resolve(directory, form.file) };
    return { kind: 'env', name: form.env };
  };
  const inStore = storeSources(stores, local);
  const source = (form: SourceForm): Source =>
    typeof form === 'string' || 'file' in form || 'env' in form ? local(form) : inStore(form);
  /** `{}` if the key is absent: an optional property is omitted, not set to undefined. */
  const maybe = <Key extends string>(key: Key, form: SourceForm | undefined) =>
    (form === undefined ? {} : { [key]: source(form) }) as { [K in Key]?: Source };
  return { source, maybe, inStore };
}

type Local = (form: LocalForm) => LocalSource;

/** Sources of one store share its settings. */
function storeSources(file: StoresFile, local: Local) {
  const aws: AwsSettings = present(file.aws ?? {});
  const azure: AzureSettings = present({
    tenantId: file.azure?.tenant_id,
    clientId: file.azure?.client_id,
    authority: file.azure?.authority,
  });
  const vault = file.vault && vaultSettings(file.vault, local);
  const kubernetes = kubernetesSettings(file.kubernetes ?? {}, local);
  return (form: StoreForm): StoreSource => {
    if ('aws_ssm' in form) return { kind: 'aws_ssm', name: form.aws_ssm, store: aws };
    if ('azure_secret' in form)
      return { kind: 'azure_secret', name: form.azure_secret, vault: originOf(form.vault), store: azure };
    if ('azure_certificate' in form)
      return { kind: 'azure_certificate', name: form.azure_certificate, vault: originOf(form.vault), store: azure };
    if ('kubernetes_secret' in form) {
      const { kubernetes_secret: name, key, namespace } = form;
      return { kind: 'kubernetes_secret', name, key, namespace, store: kubernetes };
    }
    if ('vault' in form) {
      // The rules have seen to it that there is one.
      if (!vault) throw new Error('a source is in Vault, and stores.vault is missing');
      return { kind: 'vault', path: form.vault, key: form.key, store: vault };
    }
    const jsonKey = form.json_key === undefined ? {} : { jsonKey: form.json_key };
    return { kind: 'aws_secret', id: form.aws_secret, ...jsonKey, store: aws };
  };
}

function vaultSettings(file: NonNullable<StoresFile['vault']>, local: Local): VaultSettings {
  const { address, namespace, mount, ca_bundle: ca, auth } = file;
  return {
    address: new URL(address).origin,
    ...(namespace === undefined ? {} : { namespace }),
    ...(mount === undefined ? {} : { mount }),
    ...(ca === undefined ? {} : { ca: local(ca) }),
    auth: vaultAuth(auth, local),
  };
}

function vaultAuth(
  { token, app_role: appRole, kubernetes }: NonNullable<StoresFile['vault']>['auth'],
  local: Local,
): VaultSettings['auth'] {
  if (appRole)
    return {
      kind: 'app_role',
      mount: appRole.mount,
      roleId: local(appRole.role_id),
      secretId: local(appRole.secret_id),
    };
  if (kubernetes)
    return { kind: 'kubernetes', mount: kubernetes.mount, role: kubernetes.role, token: local(kubernetes.token) };
  if (token === undefined) throw new Error('stores.vault.auth was resolved before it was checked');
  return { kind: 'token', token: local(token) };
}

function kubernetesSettings(
  { server, token, ca_bundle: ca }: NonNullable<StoresFile['kubernetes']>,
  local: Local,
): KubernetesSettings {
  return {
    ...(server === undefined ? {} : { server: originOf(server) }),
    ...(token === undefined ? {} : { token: local(token) }),
    ...(ca === undefined ? {} : { ca: local(ca) }),
  };
}

const originOf = (url: string) => url.replace(/\/$/, '');

/** Without what is undefined. */
const present = <T extends object>(settings: T) =>
  Object.fromEntries(Object.entries(settings).filter(([, each]) => each !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
