/** The client certificate itself. */
import { type CatalogueEntry, meshCertificateGuidance, rfc5280 } from './entry.ts';

export const certificateCodes = {
  certificate_expired: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate has expired',
    meaning: 'The client certificate is past its expiry date (notAfter). MESH refuses it, and messages stop.',
    remedy:
      'Renew it now. `mesh-cert-monitor renew --environment NAME` drafts the request; telephone the desk as well.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_not_yet_valid: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate is not valid yet',
    meaning:
      'The client certificate’s start date (notBefore) is in the future. Either it was deployed early, or this machine’s clock is slow.',
    remedy:
      'Check this machine’s clock. If it is right, put the previous certificate back until the date in the message.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_expires_imminently: {
    group: 'validity',
    severity: 'critical',
    title: 'Client certificate expires within the critical threshold',
    meaning: 'There is less time left than the configured critical threshold.',
    remedy:
      'Check the state of the renewal (`mesh-cert-monitor renewals`). If the desk has not answered, telephone it.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_expires_soon: {
    group: 'validity',
    severity: 'warning',
    title: 'Client certificate expires within the warning threshold',
    meaning: 'There is less time left than the configured warning threshold.',
    remedy: 'Check that the renewal has been requested (`mesh-cert-monitor renewals`).',
    source: rfc5280('4.1.2.5'),
  },

  common_name_malformed: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name is not in the MESH API format',
    meaning: 'The common name (CN) is not in the format <local id>.<ODS code>.api.mesh-client.nhs.uk.',
    remedy: 'Before you renew it, ask the desk which name it has on record.',
    source: meshCertificateGuidance,
  },
  common_name_ods_code_mismatch: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name has a different ODS code',
    meaning: 'The ODS code in the common name is not the one in the configuration.',
    remedy: 'Check `ods_code`, and check that this is not another organisation’s certificate.',
    source: meshCertificateGuidance,
  },
  common_name_mailbox_mismatch: {
    group: 'naming',
    severity: 'info',
    title: 'Common name does not begin with the mailbox ID',
    meaning: 'The first part of the common name is usually the mailbox ID, but it does not have to be.',
    remedy: 'Usually nothing. Renew with the name that the desk has on record.',
    source: meshCertificateGuidance,
  },

  weak_key: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Key is too weak',
    meaning:
      'A key on the path is shorter than RSA 2048, or is on an elliptic curve of less than 256 bits: TLS libraries refuse it. Or it is an RSA key that anybody can break: with the exponent 1 or an even one, with small or nearly equal factors, or made by a faulty library (ROCA).',
    remedy: 'Renew with a new RSA 2048 key (`renewal.key: new`).',
    source: 'NIST SP 800-131A; OpenSSL security level 2; RFC 8446 §4.2.7',
  },
  weak_signature_algorithm: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Signature algorithm is too weak',
    meaning:
      'A certificate on the path is signed with MD5 or SHA-1. The signature on a root certificate is not checked, because nothing depends on it.',
    remedy: 'Renew the certificate from the current generation of the CA.',
    source: 'RFC 9155; OpenSSL security level 2',
  },
  public_key_unusable: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Public key cannot be used',
    meaning:
      'OpenSSL cannot read the public key of a certificate on the path, or the key spells out its elliptic curve instead of naming it. No TLS library accepts such a certificate.',
    remedy:
      'Make a new key (RSA 2048) and ask the desk for a certificate for it; if it is a CA’s, ask for the right CA certificate.',
    source: 'RFC 5480 §2.1.1; OpenSSL, verification',
  },
  client_auth_not_permitted: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Certificate is not for TLS clients',
    meaning: 'The extended key usage of the client certificate, or of a CA above it, does not include clientAuth.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for another purpose.',
    source: rfc5280('4.2.1.12'),
  },
  digital_signature_not_permitted: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Key cannot be used to sign a handshake',
    meaning:
      'The key usage of the client certificate does not include digitalSignature, which TLS client authentication needs.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for another purpose.',
    source: `${rfc5280('4.2.1.3')}; RFC 8446 §4.4.2.2`,
  },
} as const satisfies Record<string, CatalogueEntry>;
