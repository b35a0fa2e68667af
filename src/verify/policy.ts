import type { PresetName, ResolvedEnvironment } from '../config/index.ts';
import type { AssessmentPolicy } from './types.ts';

const pkiOf: Partial<Record<PresetName, AssessmentPolicy['pki']>> = {
  integration: 'path-to-live',
  deployment: 'path-to-live',
  production: 'live',
};

/** What one environment's configuration requires of its credential. */
export function policyFor(environment: ResolvedEnvironment): AssessmentPolicy {
  const pki = environment.preset && pkiOf[environment.preset];
  return {
    chainOrder: environment.chainOrder,
    thresholds: environment.thresholds,
    odsCode: environment.odsCode,
    mailboxId: environment.mesh.mailboxId,
    ...(pki === undefined ? {} : { pki }),
  };
}
