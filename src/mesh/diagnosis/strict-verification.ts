/** What NHS England's own client refuses in a server's chain under Python 3.13 and later, where urllib3 sets VERIFY_X509_STRICT. */
import type { Certificate } from '../../x509/index.ts';
import { subjectOf } from './words.ts';

/**
 * The first fault that OpenSSL's strict verification finds where its ordinary verification finds none (check_extensions in x509_vfy.c, with the
 * rules of RFC 5280 §4.2.1.1 to §4.2.1.3 and §4.2.1.9). Undefined if there is none.
 * @param path - the server's own certificate first, with or without the trust anchor.
 */
export function strictFault(path: readonly Certificate[]): string | undefined {
  for (const each of path) {
    const { authorityKeyIdentifier, basicConstraints, keyUsage, selfIssued, subjectKeyIdentifier } = each;
    const what = basicConstraints?.ca
      ? (!basicConstraints.critical && 'basic constraints that are not critical') ||
        (!keyUsage && 'no key usage') ||
        (!subjectKeyIdentifier && 'no subject key identifier')
      : false;
    const fault = what || (!selfIssued && !authorityKeyIdentifier && 'no authority key identifier');
    if (fault) return `${subjectOf(each)} has ${fault}`;
  }
  return undefined;
}
