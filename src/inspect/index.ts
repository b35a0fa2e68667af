/** Judging a credential in one call, for other programs. The command does the same. */
export { type Dropped, inspectDropped } from './dropped.ts';
export { inspect, thresholds } from './inspect.ts';
export type {
  Credential,
  CredentialPart,
  InspectedCertificate,
  InspectedCheck,
  InspectedFinding,
  Inspection,
  InspectOptions,
} from './types.ts';
