/** The bundle, and the path from the client certificate to its root. */
import { type CatalogueEntry, rfc5280 } from './entry.ts';

export const chainCodes = {
  chain_incomplete: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuing CA is missing from the bundle',
    meaning: 'The bundle does not contain a certificate with the issuer’s name and key identifier.',
    remedy:
      'Run `mesh-cert-monitor bundle --environment NAME --output BUNDLE.pem` with integration, deployment or production: it writes the CA certificates of that environment.',
    source: rfc5280('6.1'),
  },
  chain_signature_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A signature on the path is not valid',
    meaning:
      'The issuer’s name matches, but its key did not sign this certificate. Usually the bundle has another generation of the same CA, or the file is damaged.',
    remedy: 'Replace the CA certificate named in the message with the one whose key identifier is shown there.',
    source: rfc5280('6.1.3 (a)(1)'),
  },
  chain_not_a_ca: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuer is not a CA',
    meaning:
      'A certificate on the path issued another certificate, but its basic constraints do not say that it is a CA.',
    remedy: 'Replace it in the bundle with the real issuing CA.',
    source: rfc5280('4.2.1.9, 6.1.4 (k)'),
  },
  chain_path_length_exceeded: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path is longer than a CA allows',
    meaning: 'A CA on the path limits how many CAs can be below it, and there are more.',
    remedy: 'Ask the desk for the correct CA certificates. The path in the message was not issued correctly.',
    source: rfc5280('4.2.1.9, 6.1.4 (m)'),
  },
  chain_key_usage_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA is not allowed to sign certificates',
    meaning: 'The key usage of a CA on the path does not include keyCertSign.',
    remedy: 'Replace the certificate named in the message with the real issuing CA.',
    source: rfc5280('4.2.1.3, 6.1.4 (n)'),
  },
  chain_critical_extension_unknown: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A critical extension is not supported',
    meaning:
      'A certificate on the path has an extension that is marked as critical and that this product does not process. Such a certificate has to be refused.',
    remedy:
      'Ask the desk for a certificate, or a CA certificate, without this extension. If OpenSSL accepts it, please report it with the certificates (never the key).',
    source: rfc5280('4.2, 6.1.4 (o), 6.1.5 (f)'),
  },
  chain_policy_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'The path does not have a certificate policy that a CA requires',
    meaning:
      'A CA on the path requires all certificates below it to be issued under one of its certificate policies, and one is not; or a CA maps policies in a way that is not allowed.',
    remedy:
      'Ask the desk for a certificate from the CA that issues MESH client certificates. This path was not issued correctly.',
    source: rfc5280('4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14, 6.1.3 (d) to (f)'),
  },
  chain_name_constraint_violated: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A name is outside the CA’s name constraints',
    meaning: 'A CA on the path is restricted to certain names, and a certificate below it has a different one.',
    remedy: 'Ask the desk for a certificate from the CA that serves this name.',
    source: rfc5280('4.2.1.10, 6.1.3 (b), (c)'),
  },
  chain_untrusted: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path does not end at a trusted root',
    meaning:
      'The issuing CA is there, but the bundle does not contain the self-signed root certificate that ends the path; or it ends at a root that MESH in this environment does not trust.',
    remedy:
      'Run `mesh-cert-monitor bundle --environment NAME --output BUNDLE.pem` with integration, deployment or production: it writes the root CA first, then the CA below it.',
    source: rfc5280('6.1.1 (d)'),
  },
  path_search_over_limit: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Search for a path was given up',
    meaning:
      'The bundle has so many CA certificates with the same names that the search for a path to a root reached its limit on work before it found one. The limits are in [security.md](security.md#limits-on-input).',
    remedy: 'Reduce the bundle to the CA certificates of this environment: one root and one issuing CA, in most cases.',
    source: 'RFC 4158 §2.4.2; docs/security.md',
  },
  ca_expired: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path has expired',
    meaning: 'A CA certificate that the path needs has expired, so nothing below it is accepted any more.',
    remedy:
      'Add the current generation of CA certificates to the bundle. If the old CA issued the client certificate, renew that too.',
    source: rfc5280('4.1.2.5, 6.1.3 (a)(2)'),
  },
  ca_not_yet_valid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path is not valid yet',
    meaning:
      'The start date (notBefore) of a CA certificate that the path needs is in the future. Often this machine’s clock is slow.',
    remedy: 'Check the clock of this machine, then the certificate.',
    source: rfc5280('4.1.2.5, 6.1.3 (a)(2)'),
  },
  chain_order_wrong: {
    group: 'chain',
    severity: 'warning',
    check: 'chain_order',
    title: 'Bundle is in the wrong order',
    meaning:
      'The certificates in the bundle are not in the configured order. Some clients accept that and some do not; NHS England’s guide says root CA first.',
    remedy:
      'Run `mesh-cert-monitor bundle BUNDLE.pem --in-place`, with `--order leaf-first` if that is the configured order. The previous file is kept, and nothing else has to change.',
    source: 'NHS England, certificate guidance: “ensuring the root CA comes first”',
  },
  ca_expires_before_client: {
    group: 'chain',
    severity: 'warning',
    title: 'A CA expires before the client certificate',
    meaning:
      'The environment stops working when the first certificate on the path expires, and that is a CA rather than the client certificate.',
    remedy: 'Plan the change to the new CA generation together with the next renewal.',
    source: rfc5280('6.1.3 (a)(2)'),
  },
  ca_expires_soon: {
    group: 'chain',
    severity: 'warning',
    title: 'A CA on the path expires soon',
    meaning:
      'A CA that the path needs expires within the warning threshold, and the bundle has no other path that replaces it. Critical within the critical threshold.',
    remedy:
      'Get the next generation of CA certificates, add them to the bundle, and renew the client certificate from the new CA.',
    source: rfc5280('4.1.2.5'),
  },
  bundle_contains_client_certificate: {
    group: 'chain',
    severity: 'warning',
    title: 'Bundle contains the client certificate',
    meaning:
      'The CA bundle should contain CA certificates only. Some TLS libraries trust a client certificate in it as a peer.',
    remedy: 'Remove it from the bundle.',
    source: rfc5280('6.1.1 (d)'),
  },
  bundle_unrelated_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle contains a certificate that the path does not use',
    meaning: 'Bundles often contain several generations of a CA. The ones that this path does not use do no harm.',
    remedy: 'Usually nothing.',
    source: rfc5280('6.1'),
  },
  bundle_duplicate_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle contains a certificate twice',
    meaning: 'The same certificate is in the bundle more than once.',
    remedy: 'Remove one when you next change the file.',
    source: 'RFC 7468 §5',
  },
  bundle_expired_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle contains an expired certificate that nothing needs',
    meaning: 'There is an expired certificate in the bundle, but the path does not use it.',
    remedy: 'Remove it when you next change the file.',
    source: rfc5280('4.1.2.5'),
  },
  openssl_path_differs: {
    group: 'chain',
    severity: 'info',
    title: 'OpenSSL takes another path',
    meaning:
      'The bundle holds more than one path that is accepted. OpenSSL takes the one in the message; the dates shown here are of the path that lasts longest.',
    remedy: 'Usually nothing.',
    source: 'OpenSSL, verification; RFC 4158 §3.5',
  },
  verifiers_disagree: {
    group: 'chain',
    severity: 'warning',
    check: 'rehearsal',
    title: 'OpenSSL disagrees with our verdict',
    meaning:
      'A TLS handshake in memory with exactly these files gave a different result from our own validation. MESH may agree with either. Critical if the server refuses it too.',
    remedy:
      'Read both verdicts in the message, and go by the stricter one until the difference is explained. Please report it with the certificates (never the key).',
    source: 'OpenSSL, verification; RFC 5280 §6',
  },
  rehearsal_without_verdict: {
    group: 'chain',
    severity: 'warning',
    check: 'rehearsal',
    title: 'OpenSSL came to no verdict',
    meaning:
      'A TLS handshake in memory with exactly these files neither succeeded nor failed in time. Only our own verdict is available.',
    remedy:
      'Run `mesh-cert-monitor check` again. If the finding remains, the machine is overloaded or one of the files is unusually large.',
    source: 'OpenSSL, verification',
  },
} as const satisfies Record<string, CatalogueEntry>;
