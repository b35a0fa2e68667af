import { dateOf, labelOf } from '../label.ts';
import type { IssuerRule } from './rule.ts';

/** RFC 5280 §6.1.3 (a)(2): every CA on the path is within its validity, which is inclusive at both ends (§4.1.2.5). */
export const caValidityFailures: IssuerRule = (issuer, _, now) => {
  if (now > issuer.notAfter) {
    const message = `${labelOf(issuer)} expired on ${dateOf(issuer.notAfter)}.`;
    return [{ code: 'ca_expired', certificate: issuer, message }];
  }
  if (now < issuer.notBefore) {
    const message = `${labelOf(issuer)} is not valid before ${dateOf(issuer.notBefore)}.`;
    return [{ code: 'ca_not_yet_valid', certificate: issuer, message }];
  }
  return [];
};
