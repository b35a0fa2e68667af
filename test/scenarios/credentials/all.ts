/**
 * One list of credentials, good and bad, with what is to be said of each at any time from 2022 to 2034. It feeds the tests of the
 * rules, of the two verifiers against each other, and of whatever else wants a credential in a certain state.
 */
import { bundleScenarios } from './bundle.ts';
import { generalNameScenarios } from './general-names.ts';
import type { Scenario } from './making.ts';
import { nameScenarios } from './names.ts';
import { pathScenarios } from './path.ts';
import { policyScenarios } from './policies.ts';
import { strengthScenarios } from './strength.ts';

export type { Scenario } from './making.ts';

export const scenarios: readonly Scenario[] = [
  ...pathScenarios,
  ...bundleScenarios,
  ...nameScenarios,
  ...generalNameScenarios,
  ...policyScenarios,
  ...strengthScenarios,
];
