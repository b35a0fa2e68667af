import type { Certificate } from '../../x509/index.ts';
import { labelOf } from '../label.ts';
import type { IssuerRule } from './rule.ts';

/**
 * RFC 5280 §6.1.4 (k), §4.2.1.9: every issuer is a CA. A trust anchor of version 1 has no extensions to say so, and is one because
 * someone put it there (§6.1.1 (d)).
 */
export const isCaFailures: IssuerRule = (issuer, isRoot) => {
  if (issuer.basicConstraints?.ca === true || (isRoot && issuer.version === 1)) return [];
  const message = `${labelOf(issuer)} issued a certificate but is not a CA (${whyNot(issuer)}).`;
  return [{ code: 'chain_not_a_ca', certificate: issuer, message }];
};

const whyNot = (issuer: Certificate) =>
  issuer.basicConstraints ? 'basic constraints say cA is false' : 'it has no basic constraints';
