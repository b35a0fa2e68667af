/** Problems reading the credential, and a key that does not match its certificate. */
import { type CatalogueEntry, meshCertificateGuidance, rfc5280 } from './entry.ts';

export const readingCodes = {
  certificate_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Client certificate cannot be read',
    meaning:
      'The file or environment variable for the client certificate is missing, is not a regular file, is too large, or cannot be read by this process.',
    remedy: 'Check the path in the message, its permissions and the mount.',
    source: 'configuration',
  },
  private_key_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Private key cannot be read',
    meaning:
      'The file or environment variable for the private key is missing, is not a regular file, is too large, or cannot be read by this process.',
    remedy:
      'Check the path in the message, its permissions and the mount. The account that runs this service must be able to read the key.',
    source: 'configuration',
  },
  ca_bundle_unreadable: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'CA bundle cannot be read',
    meaning:
      'The file or environment variable for the CA bundle is missing, is not a regular file, is too large, or cannot be read by this process.',
    remedy: 'Check the path, its permissions and the mount.',
    source: 'configuration',
  },
  store_unavailable: {
    group: 'reading',
    severity: 'warning',
    check: 'readable',
    title: 'A secret store cannot be read',
    meaning:
      'A secret store that the configuration names cannot be reached, is overloaded, or refuses to be read by this service. What was read from it before is judged in its place, so the dates stay right unless it was changed since. Critical if nothing has been read from it since this service started: nobody knows then whether the credential works.',
    remedy:
      'Check that the store named in the message can be reached from here. If it refuses access, give this service the rights that `mesh-cert-monitor permissions` prints. This says nothing about the certificate.',
    source: 'configuration',
  },
  next_certificate_invalid: {
    group: 'reading',
    severity: 'warning',
    title: 'The next deployment would be refused',
    meaning:
      '`credential.next` holds something that MESH would not accept. What is deployed is not affected until the next deployment takes it.',
    remedy: 'Correct it before the next deployment.',
    source: 'configuration',
  },
  next_certificate_older: {
    group: 'reading',
    severity: 'warning',
    title: 'The next deployment brings an older certificate',
    meaning: '`credential.next` holds a certificate that expires earlier than the deployed one.',
    remedy: 'Put the current certificate, with its key, where the next deployment takes it from.',
    source: 'configuration',
  },
  next_certificate_waiting: {
    group: 'reading',
    severity: 'info',
    title: 'A new certificate waits for the next deployment',
    meaning:
      '`credential.next` holds a certificate that expires later than the deployed one, and MESH would accept it.',
    remedy: 'Deploy, so that it is used.',
    source: 'configuration',
  },
  certificate_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Client certificate is malformed',
    meaning:
      'The source was read, but it does not contain a certificate, or it contains a block that is not a valid X.509 certificate.',
    remedy:
      'Copy the certificate again from the desk’s email, from BEGIN CERTIFICATE to END CERTIFICATE, without changing it.',
    source: `RFC 7468 §5; ${rfc5280('4.1')}`,
  },
  private_key_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Private key is malformed',
    meaning: 'The source was read, but it does not contain a private key that can be used.',
    remedy:
      'Deploy the key file that was made together with the CSR; `openssl pkey -in FILE -check -noout` must accept it.',
    source: 'RFC 7468 §10, §11; RFC 5958',
  },
  ca_bundle_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'CA bundle is malformed',
    meaning:
      'The source was read, but it does not contain a certificate, or it contains a block that is not a valid X.509 certificate. The other blocks are still used.',
    remedy:
      'Replace the block named in the message, or download the bundle again from the NHS public key infrastructure pages.',
    source: `RFC 7468 §5; ${rfc5280('4.1')}`,
  },
  input_over_limit: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'A file is larger than this product processes',
    meaning:
      'A certificate, name, bundle, private key or keystore exceeds a limit that real ones never come near. What exceeds it is not processed, so that one file cannot hold up the others. The limits are in [security.md](security.md#limits-on-input).',
    remedy:
      'Check that the file named in the message is the one that was meant to be deployed. If it is, and clients accept it, remove what is not needed (such as CA certificates that the path does not use), or export a keystore again with the default settings of its tool.',
    source: 'docs/security.md',
  },
  check_given_up: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'A check took too long and was ended',
    meaning:
      'Reading or judging this credential used up its time or memory, so nobody knows whether it works. The last known dates stay, and other environments are not affected. It is tried again after ten minutes, or when a file changes.',
    remedy:
      'Check that the files named in the message are the ones that were meant to be deployed. Run `mesh-cert-monitor check` for this environment on a machine that is not busy, and please report it with the certificates (never the key) if it takes longer than a few seconds.',
    source: 'docs/security.md',
  },
  passphrase_missing: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Passphrase is missing',
    meaning:
      'The private key or keystore is encrypted, and no passphrase is configured, or the file or variable for it is missing or empty.',
    remedy: 'Set `credential.passphrase`, or check that the file or variable it names is available to this process.',
    source: 'RFC 5958 §3',
  },
  passphrase_wrong: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Passphrase is wrong',
    meaning: 'The private key or keystore is encrypted, and the configured passphrase does not open it.',
    remedy:
      'Deploy the passphrase for this key. Check for an extra line break, and for characters such as £ that depend on the encoding.',
    source: 'RFC 8018',
  },
  keystore_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Keystore is malformed',
    meaning: 'The keystore is not PKCS#12 or JKS, is damaged, or does not contain a private key with its certificate.',
    remedy: 'Export it again; `openssl pkcs12 -in FILE -info -noout` or `keytool -list -keystore FILE` must accept it.',
    source: 'RFC 7292; Java Cryptography Architecture, JKS',
  },
  keystore_alias_unknown: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Keystore has no key with this alias',
    meaning: '`credential.alias` names a key entry that the keystore does not have.',
    remedy: 'Set `credential.alias` to one of the entries listed in the message.',
    source: 'RFC 2985 §5.5.1; Java Cryptography Architecture, KeyStore',
  },
  keystore_has_several_keys: {
    group: 'reading',
    severity: 'warning',
    title: 'Keystore contains more than one private key',
    meaning: 'Which key an application uses depends on its settings. Java, without an alias, can pick any of them.',
    remedy:
      'Delete the entry that is no longer used (`keytool -delete -alias NAME -keystore FILE`), or set `credential.alias` to the entry that your application uses.',
    source: 'Java Secure Socket Extension, SunX509 key manager',
  },
  client_cannot_read_file: {
    group: 'reading',
    severity: 'warning',
    title: 'Clients cannot read the file as it is written',
    meaning:
      'We can read this file, but OpenSSL’s PEM reader (used by curl, Python, nginx and Node) cannot. The dates and names shown are right, but a client that loads the file fails.',
    remedy:
      'Save the file again as plain PEM: each BEGIN and END line on a line of its own, base64 in lines of 64 characters, no blank lines.',
    source: 'RFC 7468 §2; OpenSSL, PEM_read_bio',
  },
  private_key_unencrypted: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is not encrypted',
    meaning: 'Anyone who can read the file can act as this mailbox.',
    remedy:
      'First choose a passphrase, and give it to your MESH client and to `credential.passphrase`. Then encrypt the key with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out KEY.enc`, put it in place with `cat KEY.enc > KEY && rm KEY.enc`, which keeps the owner and mode of the file, and restart the client.',
    source: meshCertificateGuidance,
  },
  private_key_permissions: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is readable by others',
    meaning: 'The file’s permissions let every account on this machine read the key.',
    remedy: 'Run `chmod 600 FILE` (or 640 with a dedicated group).',
    source: meshCertificateGuidance,
  },
  certificate_file_has_extra_certificates: {
    group: 'reading',
    severity: 'info',
    title: 'Certificate file contains more than the client certificate',
    meaning:
      'The first certificate is used as the client certificate. Depending on the client, the others are sent as its chain or ignored.',
    remedy: 'Usually nothing. If the client certificate is not first in the file, move it to the top.',
    source: 'RFC 8446 §4.4.2',
  },

  key_mismatch: {
    group: 'match',
    severity: 'critical',
    check: 'key_match',
    title: 'Private key does not match the certificate',
    meaning:
      'The private key does not match the public key in the certificate, so the client cannot complete a TLS handshake.',
    remedy:
      'Deploy the private key that was used for this certificate’s CSR. After a renewal with a new key, replace the certificate and key together.',
    source: rfc5280('4.1.2.7'),
  },
} as const satisfies Record<string, CatalogueEntry>;
