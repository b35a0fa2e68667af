import { presets, type ResolvedEnvironment } from '../config/index.ts';
import type { AssessmentPolicy } from './types.ts';

const policies = new WeakMap<ResolvedEnvironment, AssessmentPolicy>();

/** What one environment's configuration requires of its credential. The same object each time, so that a change is cheap to notice. */
export function policyFor(environment: ResolvedEnvironment): AssessmentPolicy {
  const policy = policies.get(environment) ?? createPolicy(environment);
  policies.set(environment, policy);
  return policy;
}

function createPolicy(environment: ResolvedEnvironment): AssessmentPolicy {
  const pki = environment.preset && presets[environment.preset].pki;
  return {
    chainOrder: environment.chainOrder,
    thresholds: environment.thresholds,
    odsCode: environment.odsCode,
    mailboxId: environment.mesh.mailboxId,
    ...(pki === undefined ? {} : { pki }),
  };
}
