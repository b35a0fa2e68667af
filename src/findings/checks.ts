/** One entry for each check: `nhs_mesh_check_passed`, the page and `docs/findings.md` read their names and words from here. */

export interface CheckEntry {
  /** What holds when it passes, as a heading. */
  readonly title: string;
  /** The same at length, to follow “passes when”. */
  readonly meaning: string;
}

const entries = {
  readable: {
    title: 'Files can be read',
    meaning: 'every configured file, variable and secret could be read and parsed',
  },
  key_match: {
    title: 'Key belongs to the certificate',
    meaning: 'the private key belongs to the client certificate',
  },
  chain_order: {
    title: 'Bundle is in the right order',
    meaning:
      'the certificates in the bundle file are in the configured order; absent for those inside a keystore, whose order is up to the tool that made it',
  },
  chain_valid: {
    title: 'Path leads to a trusted root',
    meaning: 'a certification path leads from the client certificate to a root in the bundle',
  },
  validity: {
    title: 'Certificate is in date',
    meaning: 'the client certificate is within its validity period',
  },
  naming: {
    title: 'Common name fits',
    meaning: 'the common name is in the MESH API format and contains the organisation’s ODS code',
  },
  strength: {
    title: 'Key and signature are strong enough',
    meaning: 'keys, signatures and purposes are acceptable for TLS',
  },
  rehearsal: {
    title: 'OpenSSL accepts it in a rehearsal',
    meaning:
      'OpenSSL accepted the certificate, key and bundle in a TLS handshake in memory, and our own validation agrees',
  },
} as const satisfies Record<string, CheckEntry>;

export type CheckName = keyof typeof entries;
export const checkCatalogue: Readonly<Record<CheckName, CheckEntry>> = entries;
export const checkNames = Object.keys(entries) as CheckName[];
