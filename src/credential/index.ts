/** What is deployed: certificates and a handle for the private key, whose bytes never leave this room. */
export { pemTextOf, readCertificates, readSentCertificates } from './certificates.ts';
export { type CredentialInputs, readCredential } from './read.ts';
export type { CryptoKey, DeployedCredential, PrivateKeyHandle } from './types.ts';
