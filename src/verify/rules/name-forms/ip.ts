import { addressOctets } from './address.ts';
import { type Comparison, inside } from './comparison.ts';

/** RFC 5280 §4.2.1.10, iPAddress: an address of the network. Those of the other family are outside; anything of another length is not an address. */
export function compareAddress(address: string, network: Uint8Array, mask: Uint8Array): Comparison {
  const octets = addressOctets(address);
  if (!octets) return 'incomparable';
  const same = octets.every((octet, index) => ((octet ^ (network[index] ?? 0)) & (mask[index] ?? 0)) === 0);
  return inside(octets.length === network.length && same);
}
