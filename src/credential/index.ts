/** What is deployed: certificates and a handle on the private key, whose bytes stay in this room. */
export { readCertificates } from './certificates.ts';
export { type CredentialInputs, readCredential } from './read.ts';
export type { CryptoKey, DeployedCredential, PrivateKeyHandle } from './types.ts';
