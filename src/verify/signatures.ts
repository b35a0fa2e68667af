import { type Certificate, isSignedBy } from '../x509/index.ts';

/** About 5 MB when full: enough for every pair in a large estate, and a limit for hostile bundles. */
const capacity = 20_000;
const verdicts = new Map<string, boolean>();

/**
 * Whether `issuer`'s key signed `certificate`, verified once per pair: thousands of environments share their CAs, and a verdict
 * on a signature never changes. When the cache is full, the oldest verdict is dropped.
 */
export function signed(certificate: Certificate, issuer: Certificate): boolean {
  const pair = certificate.fingerprintSha256 + issuer.fingerprintSha256;
  const known = verdicts.get(pair);
  if (known !== undefined) return known;
  const verdict = isSignedBy(certificate, issuer);
  if (verdicts.size >= capacity) verdicts.delete(verdicts.keys().next().value as string);
  verdicts.set(pair, verdict);
  return verdict;
}
