import { type Comparison, inside } from './comparison.ts';

/** RFC 5280 §4.2.1.10, directoryName: the name begins with the RDNs of the subtree, compared as §7.1 says. Both canonical, root first. */
export const compareDirectory = (name: readonly string[], subtree: readonly string[]): Comparison =>
  inside(subtree.every((rdn, index) => rdn === name[index]));
