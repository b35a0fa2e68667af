import type { Certificate } from '../x509/index.ts';

/** The certificates of a bundle that a path from the client's can come to: OpenSSL too looks for issuers by name alone. In the bundle's order. */
export function reachableFrom(client: Certificate, bundle: readonly Certificate[]): Certificate[] {
  const bySubject = Map.groupBy(bundle, ({ subject }) => subject.canonical);
  const found = new Set<Certificate>();
  const wanted = [client];
  // It grows while it is gone through.
  for (const { issuer } of wanted)
    for (const candidate of bySubject.get(issuer.canonical) ?? []) {
      if (found.has(candidate)) continue;
      found.add(candidate);
      wanted.push(candidate);
    }
  return bundle.filter((each) => found.has(each));
}
