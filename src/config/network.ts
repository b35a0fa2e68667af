/** Addresses and networks in the configuration. */
import { BlockList, isIPv6 } from 'node:net';

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/**
 * @param networks - addresses, and networks in CIDR notation.
 * @returns whether an address is in one of them.
 * @example
 * const isProxy = networksOf(['10.0.0.7', '2001:db8::/32']);
 */
export function networksOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => list.check(address, familyOf(address));
}

const loopback = networksOf(['127.0.0.0/8', '::1']);

/** Whether only this machine can reach an address or host name (RFC 6761 §6.3). */
export const isLoopback = (host: string): boolean => host === 'localhost' || loopback(host);
