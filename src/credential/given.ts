import type { GivenSource } from '../config/index.ts';
import { type Certificate, pemOf } from '../x509/index.ts';

/** Certificates that have been read already, as a source. @param what - how messages name it */
export const givenCertificates = (what: string, certificates: readonly Certificate[]): GivenSource => ({
  kind: 'given',
  what,
  bytes: Buffer.from(pemOf(certificates)),
});
