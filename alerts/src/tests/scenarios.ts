import { credentialScenarios } from './credentials.ts';
import { expiryScenarios } from './expiry.ts';
import { handshakeScenarios } from './handshakes.ts';
import { monitorScenarios } from './monitor.ts';
import { renewalScenarios } from './renewals.ts';
import type { Scenario } from './scenario.ts';

/** What every alert must do: `rules.test.yaml` is generated from this list. */
export const scenarios: readonly Scenario[] = [
  ...credentialScenarios,
  ...expiryScenarios,
  ...handshakeScenarios,
  ...renewalScenarios,
  ...monitorScenarios,
];
