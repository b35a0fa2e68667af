/** Where an accepted certificate goes. */
import type { Source } from '../sources/index.ts';
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

/** What `accept --install` may write. */
export function installedSources(environment: Pick<ResolvedEnvironment, 'credential'>): Source[] {
  const parts = targetOf(environment)?.parts;
  if (parts?.kind !== 'keystore') return parts ? [parts.privateKey, parts.certificate, parts.caBundle] : [];
  if (parts.keystore.kind !== 'azure_certificate') return [];
  return [parts.keystore, ...(parts.caBundle ? [parts.caBundle] : [])];
}
