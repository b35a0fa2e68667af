/** What is deployed: certificates and a handle for the private key, whose bytes never leave this room. */
export { type CertificateReading, pemTextOf, readCertificates } from './certificates.ts';
export { type KeyFound, privateKeyIn } from './form/private.ts';
export { givenCertificates } from './given.ts';
export { keystoreLike } from './keystore/with-new-certificate.ts';
export { type Holds, whatIsIn } from './kinds.ts';
export { type CredentialInputs, interpret, keyWorks, readCredential } from './read.ts';
export { type RememberedCredential, recalled, rememberedOf } from './remembered.ts';
export { readSentCertificates } from './sent-certificates.ts';
export { type CredentialContent, type FilesAhead, partSources, placesOf, readSources } from './snapshot.ts';
export { packed, unpacked } from './transfer.ts';
export type { CryptoKey, DeployedCredential, PrivateKeyHandle } from './types.ts';
export { withoutPassphrase } from './without-passphrase.ts';
