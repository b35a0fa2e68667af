/** Names that the machine's own files answer, as getaddrinfo would, without a thread that a silent resolver could hold up. */
import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/**
 * The addresses of a name in /etc/hosts, in RFC 6724's order: IPv6 first. Empty where the file does not decide: the name is not in it, or
 * nsswitch.conf asks something else before it.
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

/** hosts(5): an address, then names; `#` begins a comment. Several lines may name one host. */
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

/** A file that cannot be read decides nothing. Read at once: both are small and local, and a thread for it would cost ten times as much. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
