/** Whom a connection counts for. */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/** An IPv4 address, or the /64 of an IPv6 one, of which a single machine has as many addresses as it likes (RFC 4291 §2.5.4). */
export function peerOf(address: string): string {
  const plain = unmapped(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const network = [...first, ...Array.from({ length: zeros }, () => '0'), ...last].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));

/** `::ffff:192.0.2.1` is what an IPv4 client looks like to a socket that listens on both; a zone is not part of an address. */
export function unmapped(address: string): string {
  return (address.split('%')[0] ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * The address that asks, as far as those in between can be believed: of `X-Forwarded-For` the last that is not itself a proxy's. What
 * stands before it the client may have written himself.
 */
export function clientAddress({ socket, headers }: IncomingMessage, isProxy: (address: string) => boolean): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  let address = unmapped(socket.remoteAddress ?? '');
  while (isProxy(address) && forwarded.length > 0) {
    const before = unmapped(forwarded.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}
