/** Which peer a connection counts for. */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/** An IPv4 address, or the /64 of an IPv6 address, because one machine can use any address in its /64 (RFC 4291 §2.5.4). */
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

/** Without a zone, and `192.0.2.1` for `::ffff:192.0.2.1`, as an IPv4 client appears on a socket that accepts both. */
export function unmapped(address: string): string {
  return (address.split('%')[0] ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * The client's address, as far as the proxies in between can be trusted: the last entry of `X-Forwarded-For` that is not a proxy itself.
 * The client may have written the entries before it.
 * @example
 * const address = clientAddress(request, networksOf(['10.0.0.0/8']));
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
