import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { alternate } from './connect.ts';
import { addressesInHostsFile } from './hosts-file.ts';
import { Lookups } from './lookups.ts';

const system = new Lookups();

/**
 * Every address of a host, in alternating families, so that a broken family costs one attempt. Literal addresses pass through, and no resolver is
 * asked for a name that the machine's own files resolve.
 * @throws what getaddrinfo says, with its code, or the signal's reason.
 */
export async function resolve(
  host: string,
  signal: AbortSignal,
  lookups: Pick<Lookups, 'addresses'> = system,
): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const here = addressesInHostsFile(host);
  return alternate(here.length > 0 ? here : await lookups.addresses(host, signal));
}
