/** The bundle, and the path from the client certificate to its root. */
import { type CatalogueEntry, rfc5280 } from './entry.ts';

export const chainCodes = {
  chain_incomplete: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuing CA is missing from the bundle',
    meaning: 'No certificate in the bundle has the name, and where given the key identifier, of the issuer.',
    remedy: 'Add the missing CA certificate for this environment, from the NHS public key infrastructure pages.',
    source: rfc5280('6.1'),
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
    source: rfc5280('6.1.3 (a)(1)'),
  },
  chain_not_a_ca: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'An issuer is not a CA',
    meaning: 'A certificate on the path issued another although its basic constraints do not say that it is a CA.',
    remedy: 'Replace it in the bundle by the real issuing CA.',
    source: rfc5280('4.2.1.9, 6.1.4 (k)'),
  },
  chain_path_length_exceeded: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path is longer than a CA allows',
    meaning: 'A CA on the path limits how many CAs may follow it, and more do.',
    remedy: 'Ask the desk for the right CA certificates; the path that the message shows was not issued correctly.',
    source: rfc5280('4.2.1.9, 6.1.4 (m)'),
  },
  chain_key_usage_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA may not sign certificates',
    meaning: 'The key usage of a CA on the path does not include keyCertSign.',
    remedy: 'Replace the named certificate in the bundle by the real issuing CA.',
    source: rfc5280('4.2.1.3, 6.1.4 (n)'),
  },
  chain_critical_extension_unknown: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A critical extension is not understood',
    meaning:
      'A certificate on the path has an extension that is marked critical and that this product does not process. Whoever checks certificates must refuse such a one.',
    remedy:
      'Ask the desk for a certificate, or a CA certificate, without this extension. If OpenSSL accepts it, the extension may be a sound one: please report it with the certificates (never the key).',
    source: rfc5280('4.2, 6.1.4 (o), 6.1.5 (f)'),
  },
  chain_policy_invalid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'The path lacks a certificate policy that a CA requires',
    meaning:
      'A CA on the path requires that everything below it is issued under one of its certificate policies, and a certificate is not; or a CA maps policies in a way that no CA may.',
    remedy:
      'Ask the desk for a certificate from the CA that issues for MESH clients; this path was not issued correctly.',
    source: rfc5280('4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14, 6.1.3 (d) to (f)'),
  },
  chain_name_constraint_violated: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A name is outside what a CA may certify',
    meaning: 'A CA on the path is constrained to certain names, and a certificate below it has another.',
    remedy: 'Ask the desk for a certificate from the CA that serves this name.',
    source: rfc5280('4.2.1.10, 6.1.3 (b), (c)'),
  },
  chain_untrusted: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'Path does not end at a root of the bundle',
    meaning: 'The issuing CA is there, but no self-signed root certificate of the bundle ends the path.',
    remedy: 'Add the root CA certificate of this environment to the bundle.',
    source: rfc5280('6.1.1 (d)'),
  },
  ca_expired: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path has expired',
    meaning: 'A certificate that the path needs is past its notAfter, so nothing below it is accepted any more.',
    remedy:
      'Put the current generation of the CA certificates into the bundle; if the client certificate was issued by the old one, renew it too.',
    source: rfc5280('4.1.2.5, 6.1.3 (a)(2)'),
  },
  ca_not_yet_valid: {
    group: 'chain',
    severity: 'critical',
    check: 'chain_valid',
    title: 'A CA on the path is not valid yet',
    meaning:
      'A certificate that the path needs is before its notBefore; either it is from the future or this machine’s clock is behind.',
    remedy: 'Check the clock of this machine, then the certificate.',
    source: rfc5280('4.1.2.5, 6.1.3 (a)(2)'),
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
    source: rfc5280('6.1.3 (a)(2)'),
  },
  ca_expires_soon: {
    group: 'chain',
    severity: 'warning',
    title: 'A CA on the path expires soon',
    meaning: 'A CA that the path needs is inside the warning threshold, and the bundle holds no path that replaces it.',
    remedy:
      'Get the next generation of the CA certificates, add them to the bundle, and renew the client certificate from it.',
    source: rfc5280('4.1.2.5'),
  },
  bundle_contains_client_certificate: {
    group: 'chain',
    severity: 'warning',
    title: 'Bundle contains the client certificate',
    meaning:
      'The CA bundle should hold CA certificates only. A client certificate in it is trusted as a peer by some TLS libraries.',
    remedy: 'Remove it from the bundle.',
    source: rfc5280('6.1.1 (d)'),
  },
  bundle_unrelated_certificate: {
    group: 'chain',
    severity: 'info',
    title: 'Bundle holds a certificate that the path does not use',
    meaning: 'Real bundles hold several generations of a CA; the ones that this path does not use do no harm.',
    remedy: 'Usually nothing.',
    source: rfc5280('6.1'),
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
    title: 'Our verdict and OpenSSL’s differ',
    meaning:
      'A TLS handshake with exactly these files, rehearsed in memory, came out differently from our own path validation. MESH may side with either.',
    remedy:
      'Read both verdicts in the message, and trust the stricter one until the difference is explained. Please report it with the certificates (never the key).',
    source: 'OpenSSL, verification; RFC 5280 §6',
  },
  rehearsal_without_verdict: {
    group: 'chain',
    severity: 'warning',
    check: 'rehearsal',
    title: 'OpenSSL came to no verdict',
    meaning:
      'A TLS handshake with exactly these files, rehearsed in memory, neither succeeded nor failed. Our own verdict stands alone.',
    remedy:
      'Run `mesh-cert-monitor check` once more. If this finding stays, the machine is overloaded, or a file makes OpenSSL work for seconds: see which file is unusually large.',
    source: 'OpenSSL, verification',
  },
} as const satisfies Record<string, CatalogueEntry>;
