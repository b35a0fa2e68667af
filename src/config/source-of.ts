/** From the form in the file to a `Source`. */
import { resolve } from 'node:path';
import { type AwsSettings, type AzureSettings, Secret, type Source } from '../sources/index.ts';
import type { ConfigurationFile } from './schema.ts';
import type { SourceForm, StoreForm } from './source-forms.ts';

export type Sources = ReturnType<typeof sourcesFrom>;
type StoresFile = NonNullable<ConfigurationFile['stores']>;

/** @param directory to which paths are relative */
export function sourcesFrom(directory: string, stores: StoresFile) {
  const inStore = storeSources(stores);
  const source = (form: SourceForm): Source => {
    if (typeof form === 'string') return { kind: 'inline', value: new Secret(form) };
    if ('file' in form) return { kind: 'file', path: resolve(directory, form.file) };
    if ('env' in form) return { kind: 'env', name: form.env };
    return inStore(form);
  };
  /** `{}` if the key is absent: an optional property is omitted, not set to undefined. */
  const maybe = <Key extends string>(key: Key, form: SourceForm | undefined) =>
    (form === undefined ? {} : { [key]: source(form) }) as { [K in Key]?: Source };
  return { source, maybe };
}

/** Sources of one store share its settings. */
function storeSources(file: StoresFile) {
  const aws: AwsSettings = present(file.aws ?? {});
  const azure: AzureSettings = present({
    tenantId: file.azure?.tenant_id,
    clientId: file.azure?.client_id,
    authority: file.azure?.authority,
  });
  return (form: StoreForm): Source => {
    if ('aws_ssm' in form) return { kind: 'aws_ssm', name: form.aws_ssm, store: aws };
    if ('azure_secret' in form)
      return { kind: 'azure_secret', name: form.azure_secret, vault: originOf(form.vault), store: azure };
    if ('azure_certificate' in form)
      return { kind: 'azure_certificate', name: form.azure_certificate, vault: originOf(form.vault), store: azure };
    const jsonKey = form.json_key === undefined ? {} : { jsonKey: form.json_key };
    return { kind: 'aws_secret', id: form.aws_secret, ...jsonKey, store: aws };
  };
}

const originOf = (url: string) => url.replace(/\/$/, '');

/** Without what is undefined. */
const present = <T extends object>(settings: T) =>
  Object.fromEntries(Object.entries(settings).filter(([, each]) => each !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
