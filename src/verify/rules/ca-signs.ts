import { labelOf } from '../label.ts';
import type { IssuerRule } from './rule.ts';

/** RFC 5280 §6.1.4 (n), §4.2.1.3: a CA's key usage includes keyCertSign. An extension that is absent restricts nothing. */
export const caSignsFailures: IssuerRule = (issuer) => {
  if (!issuer.keyUsage || issuer.keyUsage.usages.has('keyCertSign')) return [];
  const message = `The key usage of ${labelOf(issuer)} does not include keyCertSign.`;
  return [{ code: 'chain_key_usage_invalid', certificate: issuer, message }];
};
