import { bitString, children, context, contextPrimitive, type DerValue, expectTag, Fields, tags } from './der.ts';
import { parseGeneralNames } from './general-name.ts';

/**
 * CRL distribution points (RFC 5280 §4.2.1.13) say where to find CRLs, which are not used here. They are decoded only because OpenSSL
 * refuses a certificate whose distribution points it cannot decode.
 * @throws {DerError}
 */
export function checkDistributionPoints(value: DerValue, what: string): void {
  for (const point of children(expectTag(value, tags.sequence, what), what)) {
    const fields = new Fields(expectTag(point, tags.sequence, what), what);
    const name = fields.optional(context(0));
    const reasons = fields.optional(contextPrimitive(1));
    const issuer = fields.optional(context(2));
    fields.end();
    if (name) checkPointName(name, what);
    if (reasons) bitString({ ...reasons, tag: tags.bitString }, what);
    if (issuer) parseGeneralNames(issuer, what);
  }
}

/** fullName, or the last RDN below the CRL issuer's own name. */
function checkPointName(name: DerValue, what: string): void {
  const fields = new Fields(name, what);
  const full = fields.optional(context(0));
  const relative = full ?? fields.take(context(1), what);
  fields.end();
  if (full) parseGeneralNames(full, what);
  else for (const attribute of children(relative, what)) children(expectTag(attribute, tags.sequence, what), what);
}
