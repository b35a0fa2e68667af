/** Everything that is put into a healthy environment, one entry a fault, and what a person is told of it. */
import { answerFaults } from './answers.ts';
import { bundleFaults } from './bundle.ts';
import { clientFaults } from './client.ts';
import { combinedFaults } from './combined.ts';
import type { Fault } from './fault.ts';
import { fileFaults } from './files.ts';
import { independentFaults } from './independent.ts';
import { pathFaults } from './path.ts';
import { renewalFaults } from './renewals.ts';

export type { Fault } from './fault.ts';

export const faults: readonly Fault[] = [
  ...fileFaults,
  ...bundleFaults,
  ...clientFaults,
  ...pathFaults,
  ...answerFaults,
  ...renewalFaults,
  ...combinedFaults,
  ...independentFaults,
];
