/** Every case. Where two explain the same finding, the earlier one does. */
import type { Rule } from '../types.ts';
import { chainRules } from './chain.ts';
import { clientRules } from './client.ts';
import { clockRules } from './clock.ts';
import { missingRules } from './missing.ts';
import { readingRules } from './reading.ts';
import { refusalRules } from './refusal.ts';
import { renewalRules } from './renewal.ts';
import { serverRules } from './server.ts';

export const rules: readonly Rule[] = [
  ...clockRules,
  ...readingRules,
  ...clientRules,
  ...missingRules,
  ...chainRules,
  ...serverRules,
  ...refusalRules,
  ...renewalRules,
];
