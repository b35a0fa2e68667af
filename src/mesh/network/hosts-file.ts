/** Names that the machine's own files resolve, as getaddrinfo would, but without a thread that a silent resolver could block. */
import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/**
 * The addresses of a name in /etc/hosts, in the order of RFC 6724: IPv6 first. Empty if the file does not decide, because the name is not in it or
 * nsswitch.conf asks something else first.
 */
export function addressesInHostsFile(host: string): LookupAddress[] {
  if (process.platform === 'win32') return [];
  return filesComeFirst(textOf('/etc/nsswitch.conf')) ? addressesOf(host, textOf('/etc/hosts')) : [];
}

/** nsswitch.conf(5): without the file, or without the line, glibc, musl and macOS read /etc/hosts first. */
export function filesComeFirst(nsswitch: string): boolean {
  const services = /^[ \t]*hosts:[ \t]*([^#\n]*)/m.exec(nsswitch)?.[1]?.trim();
  return services === undefined || services === '' || /^files\b/.test(services);
}

/** hosts(5): an address, then names; `#` starts a comment. Several lines may name the same host. */
export function addressesOf(host: string, hosts: string): LookupAddress[] {
  const wanted = host.toLowerCase();
  const found = hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    const family = isIP(address);
    return family !== 0 && names.includes(wanted) ? [{ address, family }] : [];
  });
  const once = [...new Map(found.map((each) => [each.address, each])).values()];
  return once.sort((a, b) => b.family - a.family);
}

/** Empty if the file cannot be read. Read synchronously: both files are small and local, and a thread would cost ten times as much. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
