import type { StoreSource } from '../types.ts';
import { awsPolicy } from './aws.ts';
import { azurePolicy } from './azure.ts';
import { kubernetesPolicy } from './kubernetes.ts';
import type { Policy } from './policy.ts';
import { vaultPolicy } from './vault.ts';

/**
 * What each store has to allow, and no more, for these sources to be read. Pure.
 * @param written those of them that are also written
 */
export const policiesFor = (sources: readonly StoreSource[], written: readonly StoreSource[] = []): Policy[] =>
  [awsPolicy, azurePolicy, vaultPolicy, kubernetesPolicy].flatMap((policy) => policy(sources, written));
