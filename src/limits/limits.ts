/**
 * What one input may be, and how much work it may cause. Real material stays far below each limit; what exceeds one is reported with
 * the place and the limit (`input_over_limit`, `path_search_over_limit`) and is not processed any further. Work is counted, never timed,
 * so that the same input gives the same answer on every machine. docs/security.md lists them from here.
 */
export const limitCatalogue = {
  sourceBytes: {
    most: 1024 * 1024,
    of: 'Bytes of a file, a variable or anything else that a configuration names: certificate, key, bundle, keystore, passphrase.',
  },
  configurationBytes: { most: 16 * 1024 * 1024, of: 'Bytes of a configuration. 10,000 environments take about 8 MiB.' },

  certificateBytes: {
    most: 64 * 1024,
    of: 'Bytes of one certificate in DER. With hundreds of names it has about 10,000.',
  },
  valueBytes: {
    most: 4 * 1024,
    of: 'Bytes of one value in a name: a common name, an organisation, a DNS name. X.520 allows 64 characters for most of them.',
  },
  nameValues: { most: 64, of: 'Values in one distinguished name.' },
  extensions: { most: 64, of: 'Extensions of one certificate.' },
  listEntries: {
    most: 1024,
    of: 'Entries of any list inside a certificate or keystore: alternative names, name constraints, policies, purposes.',
  },

  bundleCertificates: {
    most: 512,
    of: 'Certificates in one source. The system bundles of operating systems have about 150.',
  },
  bundleEntries: {
    most: 6_000,
    of: 'Names, name constraints, policies and purposes in all certificates of one source together.',
  },
  archiveFiles: {
    most: 32,
    of: 'Files in a zip archive from a desk. A certificate, its chain and a covering note need no more.',
  },
  archiveBytes: { most: 1024 * 1024, of: 'Bytes of all files in a zip archive from a desk, unpacked.' },
  berValues: { most: 64 * 1024, of: 'Values in a BER structure (PKCS#7, PKCS#12), at any depth.' },

  keystoreKeys: { most: 16, of: 'Private keys in one keystore. Each has to be decrypted and proven.' },
  keystoreSafes: {
    most: 8,
    of: 'Separately encrypted parts of a PKCS#12 keystore. Tools write one for keys and one for certificates.',
  },
  keystoreEntries: { most: 1024, of: 'Entries of a JKS keystore, and certificates in one of its chains.' },
  rsaBits: { most: 8192, of: 'Bits of an RSA key. One signature with 16,384 bits takes seconds.' },
  derivationRounds: {
    most: 8_000_000,
    of: 'Rounds of key derivation for a whole key file or keystore, with every encoding of the passphrase. Tools write 2,048 to 1,000,000 for one key.',
  },
  pbkdf2Rounds: { most: 2_000_000, of: 'Rounds of a single PBKDF2.' },
  pkcs12Rounds: {
    most: 200_000,
    of: "Rounds of PKCS#12's own derivation, which costs about eight times as much as PBKDF2. keytool uses 10,000.",
  },
  scryptWork: { most: 2 ** 21, of: 'N × r × p of scrypt, which counts as rounds.' },
  scryptBytes: {
    most: 64 * 1024 * 1024,
    of: "Bytes of memory for scrypt. OpenSSL's default (N 16,384, r 8, p 1) needs 16 MiB.",
  },

  pathSignatures: {
    most: 3_000,
    of: 'Signatures verified in the search for one path. Keys that are slow to verify with count as 20.',
  },
  pathSteps: {
    most: 100_000,
    of: 'Certificates looked at in the search for one path: candidates, and certificates of paths that were judged.',
  },
  pathComparisons: {
    most: 2 ** 19,
    of: 'Comparisons of names with name constraints, and of policies, on all paths together.',
  },
  paths: { most: 1_000, of: 'Paths that are judged to the end.' },
  pathLength: { most: 100, of: 'Certificates in one path. OpenSSL follows as many unless told otherwise.' },
  orderSignatures: { most: 1_000, of: 'Signatures verified to find out in which order a bundle is.' },
  orderPairs: { most: 50_000, of: 'Pairs of certificates looked at for it.' },
  opensslQuestions: { most: 200, of: 'Certificates that OpenSSL is asked about, to follow its choice of a path.' },

  checkMs: {
    most: 10_000,
    of: 'Milliseconds that reading or judging one credential may take in its thread, which is then ended (`check_given_up`).',
  },

  serverBytes: {
    most: 32 * 1024,
    of: "Bytes of all certificates that a MESH server presents, before it is trusted. MESH's own have about 5,000.",
  },
  serverCertificates: { most: 16, of: 'Certificates that a MESH server presents.' },
} as const satisfies Readonly<Record<string, { readonly most: number; readonly of: string }>>;

export type LimitName = keyof typeof limitCatalogue;

/** The numbers alone. */
export const limits = Object.fromEntries(Object.entries(limitCatalogue).map(([name, { most }]) => [name, most])) as {
  readonly [Name in LimitName]: (typeof limitCatalogue)[Name]['most'];
};
