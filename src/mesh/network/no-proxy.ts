/** Which hosts NO_PROXY excludes. */
import { BlockList, isIP } from 'node:net';
import { bare, portOf } from './authority.ts';

/**
 * `*`, or a list of names (each covers itself and everything below it), addresses, and networks in CIDR notation. Names and addresses may have a
 * port. As in curl, Go and Python, a network matches only hosts that the URL gives by address: no name is looked up for it.
 */
export function excludes(noProxy: string, target: URL): boolean {
  const host = bare(target.hostname);
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || contains(entry, host) || names(entry, host, portOf(target)));
}

/** An invalid network (`10.0.0.0/99`) contains nothing. */
function contains(entry: string, host: string): boolean {
  const [, network = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const [kind, wanted] = [isIP(bare(network)), isIP(host)];
  if (kind === 0 || kind !== wanted || Number(bits) > (kind === 6 ? 128 : 32)) return false;
  const family = kind === 6 ? 'ipv6' : 'ipv4';
  const networks = new BlockList();
  networks.addSubnet(bare(network), Number(bits), family);
  return networks.check(host, family);
}

function names(entry: string, host: string, wantedPort: string): boolean {
  const [, pattern = entry, port] = /^([^:]+|\[.*\]):(\d+)$/.exec(entry) ?? [];
  if (port !== undefined && port !== wantedPort) return false;
  const name = bare(pattern).replace(/^\*?\./, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}
