/** Judging a credential in one call, for the command and for other programs. */
export { inspect, inspectSources } from './inspect.ts';
export type {
  Credential,
  CredentialPart,
  InspectedCertificate,
  InspectedCheck,
  InspectedFinding,
  Inspection,
  InspectOptions,
} from './types.ts';
