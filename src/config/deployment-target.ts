/** Where an accepted certificate goes. */
import { isInStore, type Source, sourceLabel } from '../sources/index.ts';
import type { CredentialParts, ResolvedEnvironment } from './types.ts';

export interface DeploymentTarget {
  readonly parts: CredentialParts;
  /** As the configuration calls it. */
  readonly setting: 'credential' | 'credential.next';
}

/** What the next deployment gets, if that is somewhere else than what is deployed. Undefined where no credential is configured. */
export function targetOf({ credential }: Pick<ResolvedEnvironment, 'credential'>): DeploymentTarget | undefined {
  if (!credential) return undefined;
  return credential.next
    ? { parts: credential.next, setting: 'credential.next' }
    : { parts: credential, setting: 'credential' };
}

/** Whether `accept --install` has a place for every part that it can write to. */
export const isInstallable = (environment: Pick<ResolvedEnvironment, 'credential'>): boolean =>
  targetOf(environment)?.parts.kind === 'pem' &&
  installedSources(environment).every((source) => source.kind === 'file' || isInStore(source));

/** What `accept --install` may write. */
export function installedSources(environment: Pick<ResolvedEnvironment, 'credential'>): Source[] {
  const parts = targetOf(environment)?.parts;
  if (parts?.kind !== 'keystore') return parts ? [parts.privateKey, parts.certificate, parts.caBundle] : [];
  if (parts.keystore.kind !== 'azure_certificate') return [];
  return [parts.keystore, ...(parts.caBundle ? [parts.caBundle] : [])];
}

/** Where the key and the certificate of one credential are, and what the configuration calls each. */
export function ownPlaces(parts: CredentialParts): { readonly key: string; readonly source: Source }[] {
  if (parts.kind === 'keystore') return [{ key: 'keystore', source: parts.keystore }];
  return [
    { key: 'private_key', source: parts.privateKey },
    { key: 'certificate', source: parts.certificate },
  ];
}

/** The same for every source that names this place. Undefined where nothing can be put: a variable, or the configuration itself. */
export function placeOf(source: Source): string | undefined {
  if (source.kind === 'file') return source.path;
  // A certificate in Key Vault is also the secret of that name.
  if (source.kind === 'azure_secret' || source.kind === 'azure_certificate') return `${source.vault}/${source.name}`;
  return isInStore(source) ? sourceLabel(source) : undefined;
}
