import { domainToASCII } from 'node:url';
import { type Comparison, inside } from './comparison.ts';
import { compareHost, isHostBase } from './dns.ts';

interface Mailbox {
  readonly local: string;
  readonly host: string;
}

/**
 * RFC 5280 §4.2.1.10, rfc822Name: a mailbox, all mailboxes of a host or, with a leading dot, those of a domain. Case matters before the `@`
 * but not in the host (§7.5).
 * @param internationalised an address beyond ASCII (RFC 9598 §6): its host is compared as ASCII has it, and with a single mailbox, which
 *   only ASCII can write, not at all
 */
export function compareMailbox(address: string, constraint: string, internationalised = false): Comparison {
  const mailbox = mailboxOf(address);
  if (!mailbox || (!internationalised && !ascii.test(address))) return 'incomparable';
  const host = internationalised ? domainToASCII(mailbox.host) : mailbox.host;
  if (!constraint.includes('@'))
    return isHostBase(constraint) && host !== '' ? compareHost(host, constraint) : 'incomparable';
  const one = mailboxOf(constraint);
  if (!one || internationalised) return 'incomparable';
  return inside(one.local === mailbox.local && compareHost(host, one.host) === 'inside');
}

const ascii = /^[\x21-\x7e]+$/;

/** RFC 5321 §4.1.2: the last `@` counts, because a quoted local part can contain others. */
function mailboxOf(address: string): Mailbox | undefined {
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || host === '' || (local.includes('@') && !local.startsWith('"'))) return undefined;
  return { local, host };
}
