/** The client certificate itself. */
import { type CatalogueEntry, meshCertificateGuidance, rfc5280 } from './entry.ts';

export const certificateCodes = {
  certificate_expired: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate has expired',
    meaning: 'The client certificate is past its notAfter. MESH refuses it, and no message moves.',
    remedy:
      'Renew now, by telephone as well as by e-mail: `mesh-cert-monitor renew --environment NAME` drafts the request.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_not_yet_valid: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate is not valid yet',
    meaning:
      'The client certificate is before its notBefore; either it was deployed early or this machine’s clock is behind.',
    remedy: 'Check the clock, or put the previous certificate back until the date in the message.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_expires_imminently: {
    group: 'validity',
    severity: 'critical',
    title: 'Client certificate expires within the critical threshold',
    meaning: 'Less time is left than the configured critical threshold.',
    remedy: 'See how far the renewal is (`mesh-cert-monitor renewals`); if the desk has not answered, telephone.',
    source: rfc5280('4.1.2.5'),
  },
  certificate_expires_soon: {
    group: 'validity',
    severity: 'warning',
    title: 'Client certificate expires within the warning threshold',
    meaning: 'Less time is left than the configured warning threshold.',
    remedy: 'See that the renewal has been requested (`mesh-cert-monitor renewals`).',
    source: rfc5280('4.1.2.5'),
  },

  common_name_malformed: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name has not the MESH API form',
    meaning: 'The subject’s CN is not <local id>.<ODS code>.api.mesh-client.nhs.uk.',
    remedy: 'Ask the desk under which name the certificate is on record before renewing it.',
    source: meshCertificateGuidance,
  },
  common_name_ods_code_mismatch: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name carries another ODS code',
    meaning: 'The ODS code in the CN is not the organisation’s that is configured.',
    remedy: 'Check `ods_code`, and that this is not another organisation’s certificate.',
    source: meshCertificateGuidance,
  },
  common_name_mailbox_mismatch: {
    group: 'naming',
    severity: 'info',
    title: 'Common name does not begin with the mailbox ID',
    meaning: 'The local part of the CN is usually the mailbox ID but need not be.',
    remedy: 'Usually nothing; renew with the name that is on record.',
    source: meshCertificateGuidance,
  },

  weak_key: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Key is too weak',
    meaning:
      'A key on the path is shorter than RSA 2048, or an elliptic curve below 256 bits. TLS libraries refuse it.',
    remedy: 'Renew with a new RSA 2048 key (`renewal.key: new`).',
    source: 'NIST SP 800-131A; OpenSSL security level 2',
  },
  weak_signature_algorithm: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Signature algorithm is too weak',
    meaning:
      'A certificate on the path is signed with MD5 or SHA-1. The self-signature of a root is not judged, for nothing rests on it.',
    remedy: 'Use the current generation of the CA and renew the certificate.',
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
    title: 'Certificate may not be used by a TLS client',
    meaning: 'The extended key usage of the client certificate, or of a CA above it, does not include clientAuth.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for something else.',
    source: rfc5280('4.2.1.12'),
  },
  digital_signature_not_permitted: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Key may not sign a handshake',
    meaning:
      'The key usage of the client certificate does not include digitalSignature, which TLS client authentication needs.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for something else.',
    source: `${rfc5280('4.2.1.3')}; RFC 8446 §4.4.2.2`,
  },
} as const satisfies Record<string, CatalogueEntry>;
