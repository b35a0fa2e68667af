/** Configured values go into headers and lines of a message (RFC 5322 §2.2), and must not be able to add any. */
import { MonitorError } from '../../errors/index.ts';
import { isTreacherous } from '../../text/index.ts';

/** A configured value would break out of its header or line, or is not a single address. The value itself is not repeated. */
export class UnsafeMessageFieldError extends MonitorError {
  override readonly code = 'ERR_MESSAGE_FIELD_UNSAFE';
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}; the message is not written`);
    this.field = field;
  }
}

// RFC 5321 §4.1.2 Mailbox without quoted strings and address literals: no desk uses those, and a comma would add a second recipient.
const mailbox = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,255}$/u;

/** @throws {UnsafeMessageFieldError} naming the field. */
export function safeText(field: string, value: string): string {
  if (isTreacherous(value))
    throw new UnsafeMessageFieldError(field, 'contains a line break or another control character');
  return value;
}

/** @throws {UnsafeMessageFieldError} unless it is exactly one plain address. */
export function safeAddress(field: string, value: string): string {
  safeText(field, value);
  if (!mailbox.test(value)) throw new UnsafeMessageFieldError(field, 'is not a single plain email address');
  return value;
}

export interface Address {
  readonly name?: string;
  readonly address: string;
}

/** `person@example.org` or `A Person <person@example.org>`. */
export function parseAddress(field: string, value: string): Address {
  const named = /^(.*)<([^<>]*)>\s*$/s.exec(safeText(field, value));
  if (!named) return { address: safeAddress(field, value.trim()) };
  const name = (named[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
  return { ...(name ? { name } : {}), address: safeAddress(field, (named[2] ?? '').trim()) };
}
