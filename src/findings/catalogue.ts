/**
 * The closed list of things this product can find wrong. The CLI, the page, the e-mails, the metrics and `docs/findings.md` read
 * their words from here, so that one code means one thing everywhere.
 */

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** The verdicts behind `nhs_mesh_check_passed`. */
export const checkNames = [
  'readable',
  'key_match',
  'chain_order',
  'chain_valid',
  'validity',
  'naming',
  'strength',
  'rehearsal',
] as const;
export type CheckName = (typeof checkNames)[number];

export type FindingGroup = 'reading' | 'match' | 'chain' | 'validity' | 'naming' | 'strength' | 'handshake' | 'renewal';

export interface CatalogueEntry {
  readonly group: FindingGroup;
  /** The default. A rule may raise it where the contract says so (`clock_skew`, the renewal codes). */
  readonly severity: Severity;
  /** The check that this code fails. A code without one is advice: it never turns a check red. */
  readonly check?: CheckName;
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
  /** The standard or page the rule rests on. */
  readonly source: string;
}

const rfc = (section: string) => `RFC 5280 §${section}`;
const meshApi = 'MESH API specification';

const entries = {
  // Reading
  certificate_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Client certificate cannot be read',
    meaning:
      'The file or environment variable that should hold the client certificate is missing, not a regular file, too large, or not readable by this process.',
    remedy: 'Check the path, its permissions and the mount; the message names the place.',
    source: 'configuration',
  },
  private_key_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Private key cannot be read',
    meaning:
      'The file or environment variable that should hold the private key is missing, not a regular file, too large, or not readable by this process.',
    remedy:
      'Check the path, its permissions and the mount; the key must be readable by the account that runs this service.',
    source: 'configuration',
  },
  ca_bundle_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'CA bundle cannot be read',
    meaning:
      'The file or environment variable that should hold the CA bundle is missing, not a regular file, too large, or not readable by this process.',
    remedy: 'Check the path, its permissions and the mount.',
    source: 'configuration',
  },
  certificate_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Client certificate is malformed',
    meaning:
      'The source was read, but it holds no certificate, or a block that does not parse as an X.509 certificate.',
    remedy: 'Copy the certificate again from the desk’s e-mail as it is, from BEGIN CERTIFICATE to END CERTIFICATE.',
    source: `RFC 7468 §5; ${rfc('4.1')}`,
  },
  private_key_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Private key is malformed',
    meaning: 'The source was read, but it holds no private key that parses.',
    remedy: 'Deploy the key file that was made together with the CSR; `openssl pkey -in FILE -noout` must accept it.',
    source: 'RFC 7468 §10, §11; RFC 5958',
  },
  ca_bundle_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'CA bundle is malformed',
    meaning:
      'The source was read, but it holds no certificate, or a block that does not parse as an X.509 certificate. The blocks that do parse are still used.',
    remedy:
      'Replace the block that the message names, or fetch the bundle again from the NHS public key infrastructure pages.',
    source: `RFC 7468 §5; ${rfc('4.1')}`,
  },
  passphrase_missing: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Passphrase is missing',
    meaning:
      'The private key or keystore is encrypted and no passphrase is configured, or its source is empty or absent.',
    remedy: 'Configure `credential.passphrase`, or check that the variable or file it names reaches this process.',
    source: 'RFC 5958 §3',
  },
  passphrase_wrong: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Passphrase is wrong',
    meaning: 'The private key or keystore is encrypted and the configured passphrase does not decrypt it.',
    remedy:
      'Deploy the passphrase that belongs to this key. A stray line end or another character encoding (£ is the usual one) counts as wrong.',
    source: 'RFC 8018',
  },
  keystore_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Keystore is malformed',
    meaning: 'The keystore is neither PKCS#12 nor JKS, is damaged, or holds no private key with its certificate.',
    remedy: 'Export it again; `openssl pkcs12 -in FILE -info -noout` or `keytool -list -keystore FILE` must accept it.',
    source: 'RFC 7292; Java Cryptography Architecture, JKS',
  },
  private_key_unencrypted: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is not encrypted',
    meaning: 'Whoever can read the file can act as this mailbox.',
    remedy: 'Encrypt it: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out KEY.enc`, and configure the passphrase.',
    source: 'NHS England, certificate guidance for MESH API clients',
  },
  private_key_permissions: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is readable by others',
    meaning: 'The file’s mode lets every account on this machine read the key.',
    remedy: '`chmod 600 FILE` (or 640 with a group of its own).',
    source: 'NHS England, certificate guidance for MESH API clients',
  },
  certificate_file_has_extra_certificates: {
    group: 'reading',
    severity: 'info',
    title: 'Certificate file holds more than the client certificate',
    meaning:
      'The first certificate is taken as the client’s; the others are sent along as its chain or ignored, depending on the client.',
    remedy: 'Usually nothing. If the first certificate of the file is not the client’s, put it first.',
    source: 'RFC 8446 §4.4.2',
  },

  // Match
  key_mismatch: {
    group: 'match',
    severity: 'critical',
    check: 'key_match',
    title: 'Private key does not belong to the certificate',
    meaning:
      'The public half of the private key differs from the public key in the certificate, so no TLS handshake can be signed.',
    remedy:
      'Deploy the key that was made with this certificate’s CSR. After a renewal with a new key, certificate and key must be swapped together.',
    source: rfc('4.1.2.7'),
  },

  // Chain
  chain_incomplete: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuing CA is missing from the bundle',
    meaning: 'No certificate in the bundle has the name, and where given the key identifier, of the issuer.',
    remedy: 'Add the missing CA certificate for this environment, from the NHS public key infrastructure pages.',
    source: rfc('6.1'),
  },
  chain_signature_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A signature on the path does not verify',
    meaning:
      'The issuer’s name matches, but its key did not sign this certificate: usually another generation of the same CA, or a damaged file.',
    remedy:
      'Replace the named CA certificate by the one that signed, matching the authority key identifier in the message.',
    source: rfc('6.1.3 (a)(1)'),
  },
  chain_not_a_ca: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuer is not a CA',
    meaning: 'A certificate on the path issued another although its basic constraints do not say that it is a CA.',
    remedy: 'Replace it in the bundle by the real issuing CA.',
    source: rfc('4.2.1.9, 6.1.4 (k)'),
  },
  chain_path_length_exceeded: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path is longer than a CA allows',
    meaning: 'A CA on the path limits how many CAs may follow it, and more do.',
    remedy: 'Ask the desk for the right CA certificates; the path that the message shows was not issued correctly.',
    source: rfc('4.2.1.9, 6.1.4 (m)'),
  },
  chain_key_usage_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA may not sign certificates',
    meaning:
      'The key usage of a CA on the path lacks keyCertSign, or a critical extension on the path is not understood.',
    remedy: 'Replace the named certificate in the bundle by the real issuing CA.',
    source: rfc('4.2.1.3, 6.1.4 (n), 6.1.4 (o)'),
  },
  chain_name_constraint_violated: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A name is outside what a CA may certify',
    meaning: 'A CA on the path is constrained to certain names, and a certificate below it has another.',
    remedy: 'Ask the desk for a certificate from the CA that serves this name.',
    source: rfc('4.2.1.10, 6.1.3 (b), (c)'),
  },
  chain_untrusted: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path does not end at a root of the bundle',
    meaning: 'The issuing CA is there, but no self-signed root certificate of the bundle ends the path.',
    remedy: 'Add the root CA certificate of this environment to the bundle.',
    source: rfc('6.1.1 (d)'),
  },
  ca_expired: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path has expired',
    meaning: 'A certificate that the path needs is past its notAfter, so nothing below it is accepted any more.',
    remedy:
      'Put the current generation of the CA certificates into the bundle; if the client certificate was issued by the old one, renew it too.',
    source: rfc('4.1.2.5, 6.1.3 (a)(2)'),
  },
  ca_not_yet_valid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path is not valid yet',
    meaning:
      'A certificate that the path needs is before its notBefore; either it is from the future or this machine’s clock is behind.',
    remedy: 'Check the clock of this machine, then the certificate.',
    source: rfc('4.1.2.5, 6.1.3 (a)(2)'),
  },
  chain_order_wrong: {
    group: 'chain',
    severity: 'warning',
    check: 'chain_order',
    title: 'Bundle is in the wrong order',
    meaning:
      'The certificates of the bundle do not stand in the configured order. Some clients tolerate that and some do not; the guide for this certificate says root CA first.',
    remedy: 'Swap the certificates that the message names; nothing else has to change.',
    source: 'NHS England, certificate guidance: “ensuring the root CA comes first”',
  },
  ca_expires_before_client: {
    group: 'chain',
    severity: 'warning',
    title: 'A CA expires before the client certificate',
    meaning:
      'The environment stops working when the first certificate on the path expires, and that is not the client’s.',
    remedy: 'Plan the change of CA generation together with the next renewal.',
    source: rfc('6.1.3 (a)(2)'),
  },
  ca_expires_soon: {
    group: 'chain',
    severity: 'warning',
    title: 'A CA on the path expires soon',
    meaning: 'A CA that the path needs is inside the warning threshold.',
    remedy:
      'Get the next generation of the CA certificates, add them to the bundle, and renew the client certificate from it.',
    source: rfc('4.1.2.5'),
  },
  bundle_contains_client_certificate: {
    group: 'chain',
    severity: 'warning',
    title: 'Bundle contains the client certificate',
    meaning:
      'The CA bundle should hold CA certificates only. A client certificate in it is trusted as a peer by some TLS libraries.',
    remedy: 'Remove it from the bundle.',
    source: rfc('6.1.1 (d)'),
  },
  bundle_unrelated_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle holds a certificate that the path does not use',
    meaning: 'Real bundles hold several generations of a CA; the ones that this path does not use do no harm.',
    remedy: 'Usually nothing.',
    source: rfc('6.1'),
  },
  bundle_duplicate_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle holds a certificate twice',
    meaning: 'The same certificate stands in the bundle more than once.',
    remedy: 'Remove one when you next change the file.',
    source: 'RFC 7468 §5',
  },
  bundle_expired_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle holds an expired certificate that nothing needs',
    meaning: 'An expired certificate stands in the bundle, but the path does not use it.',
    remedy: 'Remove it when you next change the file.',
    source: rfc('4.1.2.5'),
  },
  verifiers_disagree: {
    group: 'chain',
    severity: 'warning',
    check: 'rehearsal',
    title: 'Our verdict and OpenSSL’s differ',
    meaning:
      'A TLS handshake with exactly these files, rehearsed in memory, came out differently from our own path validation. MESH may side with either.',
    remedy:
      'Read both verdicts in the message, and trust the stricter one until the difference is explained. Please report it with the certificates (never the key).',
    source: 'OpenSSL, verification; RFC 5280 §6',
  },

  // Validity
  certificate_expired: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate has expired',
    meaning: 'The client certificate is past its notAfter. MESH refuses it, and no message moves.',
    remedy:
      'Renew now, by telephone as well as by e-mail: `mesh-cert-monitor renew --environment NAME` drafts the request.',
    source: rfc('4.1.2.5'),
  },
  certificate_not_yet_valid: {
    group: 'validity',
    severity: 'critical',
    check: 'validity',
    title: 'Client certificate is not valid yet',
    meaning:
      'The client certificate is before its notBefore; either it was deployed early or this machine’s clock is behind.',
    remedy: 'Check the clock, or put the previous certificate back until the date in the message.',
    source: rfc('4.1.2.5'),
  },
  certificate_expires_imminently: {
    group: 'validity',
    severity: 'critical',
    title: 'Client certificate expires within the critical threshold',
    meaning: 'Less time is left than the configured critical threshold.',
    remedy: 'See how far the renewal is (`mesh-cert-monitor renewals`); if the desk has not answered, telephone.',
    source: rfc('4.1.2.5'),
  },
  certificate_expires_soon: {
    group: 'validity',
    severity: 'warning',
    title: 'Client certificate expires within the warning threshold',
    meaning: 'Less time is left than the configured warning threshold.',
    remedy: 'See that the renewal has been requested (`mesh-cert-monitor renewals`).',
    source: rfc('4.1.2.5'),
  },

  // Naming
  common_name_malformed: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name has not the MESH API form',
    meaning: 'The subject’s CN is not <local id>.<ODS code>.api.mesh-client.nhs.uk.',
    remedy: 'Ask the desk under which name the certificate is on record before renewing it.',
    source: 'NHS England, certificate guidance for MESH API clients',
  },
  common_name_ods_code_mismatch: {
    group: 'naming',
    severity: 'warning',
    check: 'naming',
    title: 'Common name carries another ODS code',
    meaning: 'The ODS code in the CN is not the organisation’s that is configured.',
    remedy: 'Check `ods_code`, and that this is not another organisation’s certificate.',
    source: 'NHS England, certificate guidance for MESH API clients',
  },
  common_name_mailbox_mismatch: {
    group: 'naming',
    severity: 'info',
    title: 'Common name does not begin with the mailbox ID',
    meaning: 'The local part of the CN is usually the mailbox ID but need not be.',
    remedy: 'Usually nothing; renew with the name that is on record.',
    source: 'NHS England, certificate guidance for MESH API clients',
  },

  // Strength
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
  client_auth_not_permitted: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Certificate may not be used by a TLS client',
    meaning: 'The extended key usage of the client certificate, or of a CA above it, does not include clientAuth.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for something else.',
    source: rfc('4.2.1.12'),
  },
  digital_signature_not_permitted: {
    group: 'strength',
    severity: 'critical',
    check: 'strength',
    title: 'Key may not sign a handshake',
    meaning:
      'The key usage of the client certificate does not include digitalSignature, which TLS client authentication needs.',
    remedy: 'Ask the desk for a MESH client certificate; this one is for something else.',
    source: `${rfc('4.2.1.3')}; RFC 8446 §4.4.2.2`,
  },

  // Handshake
  handshake_failed: {
    group: 'handshake',
    severity: 'critical',
    title: 'MESH handshake failed',
    meaning:
      'The last handshake with MESH did not end with MESH’s own answer; the reason in the message says where it stopped.',
    remedy: 'Follow the section of the reason in docs/handshake.md.',
    source: `${meshApi}, validate a mailbox`,
  },
  clock_skew: {
    group: 'handshake',
    severity: 'warning',
    title: 'Clock differs from MESH’s',
    meaning:
      'This machine’s clock and the server’s Date differ by more than 5 minutes; beyond 2 hours MESH refuses the authorization token.',
    remedy: 'Bring this machine’s clock into step (NTP).',
    source: `${meshApi}, authorization`,
  },
  mailbox_not_validated_recently: {
    group: 'handshake',
    severity: 'critical',
    title: 'Mailbox has not been validated for 24 hours',
    meaning:
      'No handshake of this monitor has succeeded for 24 hours. MESH asks for one a day to keep a mailbox marked as active.',
    remedy: 'Mend what makes the handshake fail, and see that the real client still collects its messages.',
    source: `${meshApi}, validate a mailbox`,
  },
  server_certificate_expires_soon: {
    group: 'handshake',
    severity: 'warning',
    title: 'MESH’s own certificate expires soon',
    meaning:
      'A certificate that the MESH server presented is within the warning threshold of its end. NHS England replaces it; what can break is the trust in its successor.',
    remedy: 'Look for an announcement of new CA certificates, and be ready to change the bundle.',
    source: rfc('4.1.2.5'),
  },
  server_not_verified: {
    group: 'handshake',
    severity: 'info',
    title: 'The server’s certificate is not verified',
    meaning: '`verify_server: false`: whoever answers at that address is believed. Right for a sandbox only.',
    remedy: 'Set `mesh.verify_server: true` and give the CA bundle, unless this is a sandbox.',
    source: 'RFC 8446 §4.4.2.4',
  },

  // Renewal
  renewal_due: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is due',
    meaning: 'The client certificate is inside its renewal window and no request has gone to the desk yet.',
    remedy:
      'Usually the service sends it at its next cycle; if it cannot, the message says why. `mesh-cert-monitor renew --dry-run` shows the request.',
    source: 'renewal.window',
  },
  renewal_overdue: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is overdue',
    meaning:
      'The last day on which a request leaves the desk its working days before the expiry has passed, and the new certificate is not deployed.',
    remedy: 'Telephone the desk, quoting the request.',
    source: 'NHS England service desk: answer within 5 working days',
  },
  renewal_unanswered: {
    group: 'renewal',
    severity: 'warning',
    title: 'The desk has not answered',
    meaning: 'The request was sent more than 5 working days ago and no new certificate has been accepted or deployed.',
    remedy: 'Reply to the request that was sent (the contact has a copy), or telephone.',
    source: 'NHS England service desk: answer within 5 working days',
  },
  renewal_email_failed: {
    group: 'renewal',
    severity: 'warning',
    title: 'The request could not be sent, or it is uncertain whether it was',
    meaning: 'The mail server refused the message, could not be reached, or the service stopped while it was sending.',
    remedy:
      'Mend what the message names. If it is uncertain, ask the desk, then `mesh-cert-monitor renewals resolve --sent` or `--not-sent`.',
    source: 'RFC 5321 §4.2.1',
  },
  renewal_key_missing: {
    group: 'renewal',
    severity: 'warning',
    title: 'The key of the pending request is missing',
    meaning:
      'A request was sent, but the private key that belongs to its CSR is no longer in the state directory. The certificate that comes back will be of no use.',
    remedy: 'Restore the key from a backup of `state_dir`, or send a new request.',
    source: 'state_dir',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof entries;
export const catalogue: Readonly<Record<FindingCode, CatalogueEntry>> = entries;
export const findingCodes = Object.keys(entries) as FindingCode[];
