/** What can go wrong before anything is judged, and whether key and certificate belong together. */
import { type CatalogueEntry, meshCertificateGuidance, rfc5280 } from './entry.ts';

export const readingCodes = {
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
    source: `RFC 7468 §5; ${rfc5280('4.1')}`,
  },
  private_key_malformed: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Private key is malformed',
    meaning: 'The source was read, but it holds no private key that parses.',
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
      'The source was read, but it holds no certificate, or a block that does not parse as an X.509 certificate. The blocks that do parse are still used.',
    remedy:
      'Replace the block that the message names, or fetch the bundle again from the NHS public key infrastructure pages.',
    source: `RFC 7468 §5; ${rfc5280('4.1')}`,
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
  keystore_alias_unknown: {
    group: 'reading',
    severity: 'critical',
    check: 'readable',
    title: 'Keystore has no key under the alias',
    meaning: 'A key entry was chosen by its alias, and the keystore has no private key under that name.',
    remedy: 'Give `credential.alias` the name of one of the entries that the message lists.',
    source: 'RFC 2985 §5.5.1; Java Cryptography Architecture, KeyStore',
  },
  keystore_has_several_keys: {
    group: 'reading',
    severity: 'warning',
    title: 'Keystore holds more than one private key',
    meaning:
      'Which of them an application presents depends on its settings; Java without an alias takes whichever its hash table lists first.',
    remedy:
      'Delete the entry that is no longer used (`keytool -delete -alias NAME -keystore FILE`), or name the one that your application presents in `credential.alias`.',
    source: 'Java Secure Socket Extension, SunX509 key manager',
  },
  client_cannot_read_file: {
    group: 'reading',
    severity: 'warning',
    title: 'Clients cannot read the file as it is written',
    meaning:
      'We can make sense of it, but OpenSSL’s PEM reader, which curl, Python, nginx and Node use, cannot. The dates and names shown are right; a client that loads this file fails.',
    remedy:
      'Write the file again as plain PEM: each BEGIN and END line alone on its line, base64 in lines of 64 characters, no blank lines, no byte order mark.',
    source: 'RFC 7468 §2; OpenSSL, PEM_read_bio',
  },
  private_key_unencrypted: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is not encrypted',
    meaning: 'Whoever can read the file can act as this mailbox.',
    remedy: 'Encrypt it: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out KEY.enc`, and configure the passphrase.',
    source: meshCertificateGuidance,
  },
  private_key_permissions: {
    group: 'reading',
    severity: 'warning',
    title: 'Private key is readable by others',
    meaning: 'The file’s mode lets every account on this machine read the key.',
    remedy: '`chmod 600 FILE` (or 640 with a group of its own).',
    source: meshCertificateGuidance,
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

  key_mismatch: {
    group: 'match',
    severity: 'critical',
    check: 'key_match',
    title: 'Private key does not belong to the certificate',
    meaning:
      'The public half of the private key differs from the public key in the certificate, so no TLS handshake can be signed.',
    remedy:
      'Deploy the key that was made with this certificate’s CSR. After a renewal with a new key, certificate and key must be swapped together.',
    source: rfc5280('4.1.2.7'),
  },
} as const satisfies Record<string, CatalogueEntry>;
