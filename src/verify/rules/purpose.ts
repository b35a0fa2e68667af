import type { Certificate } from '../../x509/index.ts';
import { labelOf } from '../label.ts';
import type { CertificateRule, Failure, IssuerRule } from './rule.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';

/**
 * RFC 5280 §4.2.1.12: an extended key usage that is present restricts; on a CA it restricts everything below. An application may require
 * its own purpose even if anyExtendedKeyUsage is present, and OpenSSL does.
 */
export const clientPurposeFailures: CertificateRule = (client) => purposeFailures(client, 'the client certificate');

export const caPurposeFailures: IssuerRule = (issuer) => purposeFailures(issuer, 'the CA');

function purposeFailures(certificate: Certificate, whose: string): Failure[] {
  const { extendedKeyUsage } = certificate;
  if (!extendedKeyUsage || extendedKeyUsage.purposes.has(clientAuth)) return [];
  const message = `The extended key usage of ${whose} ${labelOf(certificate)} does not include clientAuth.`;
  return [{ code: 'client_auth_not_permitted', certificate, message }];
}
