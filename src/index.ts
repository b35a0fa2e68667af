/** The package's public face: judge MESH credentials in a program of your own. See docs/library.md. */
export {
  type Credential,
  type CredentialPart,
  type InspectedCertificate,
  type InspectedFinding,
  type Inspection,
  type InspectOptions,
  inspect,
} from './inspect/index.ts';
