/** The format of the content of a source, whatever it is wrapped in. */
import { decodeText } from '../../config/index.ts';
import { decodeBase64, type PemBlock, readPem } from '../../x509/index.ts';
import { namedBinary, namedText } from './other-formats.ts';
import { clean } from './unwrap.ts';

export type Form =
  /** `text`: what the blocks were read from. */
  (
    | { readonly kind: 'pem'; readonly blocks: readonly PemBlock[]; readonly text: string }
    | { readonly kind: 'der'; readonly bytes: Uint8Array }
    | { readonly kind: 'jks'; readonly bytes: Uint8Array }
    /** An email or a part of one: the certificate is in its body or in an attachment. */
    | { readonly kind: 'mail'; readonly bytes: Uint8Array }
    | { readonly kind: 'none'; readonly reason: string }
  ) & {
    /** What had to be undone to read it, outermost first; each one continues “it is …”. */
    readonly undone: readonly string[];
  };

const sequenceTag = 0x30;
const jksMagic = Buffer.from('feedfeed', 'hex');
/** Base64 of quoted, escaped base64 exists in practice; nothing deeper does. */
const mostLayers = 4;

/**
 * Secret stores and settings deliver PEM as it is, with its line breaks written `\n`, in quotes, or as base64 of the whole file, sometimes
 * twice; the same applies to DER and keystores. All are accepted. Linear in the length.
 */
export function formOf(bytes: Buffer): Form {
  return unwrapped(bytes, []);
}

function unwrapped(bytes: Buffer, undone: readonly string[]): Form {
  const binary = binaryForm(bytes);
  if (binary) return { ...binary, undone };
  const named = namedBinary(bytes);
  if (named) return { kind: 'none', reason: named, undone };
  return textForm(bytes, decodeText(bytes), [...undone, ...encodingOf(bytes)]);
}

type Binary = { readonly kind: 'der' | 'jks'; readonly bytes: Uint8Array };

function binaryForm(bytes: Buffer): Binary | undefined {
  if (bytes.subarray(0, jksMagic.length).equals(jksMagic)) return { kind: 'jks', bytes };
  // A SEQUENCE, not text that begins with the digit 0, because the length octet of anything this long has its high bit set.
  const length = bytes[1] ?? 0;
  if (bytes[0] !== sequenceTag || (length < 0x80 && length + 2 !== bytes.length)) return undefined;
  return { kind: 'der', bytes: withoutLineEnd(bytes) };
}

/** A line break after DER, as an editor adds it. OpenSSL reads one value and ignores the rest. */
function withoutLineEnd(bytes: Buffer): Buffer {
  const lengthOctets = (bytes[1] ?? 0) & 0x7f;
  if ((bytes[1] ?? 0) < 0x80 || lengthOctets === 0 || lengthOctets > 4) return bytes;
  const bodySize = bytes.subarray(2, 2 + lengthOctets).reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 + lengthOctets + bodySize;
  return /^[\r\n]{1,2}$/.test(bytes.subarray(size, size + 3).toString('latin1')) ? bytes.subarray(0, size) : bytes;
}

function encodingOf(bytes: Buffer): readonly string[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['UTF-16 text'];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['UTF-16 text'];
  return bytes.subarray(0, 3).equals(Buffer.from('efbbbf', 'hex')) ? ['text with a byte order mark'] : [];
}

function textForm(bytes: Buffer, raw: string, before: readonly string[]): Form {
  if (isMail(raw)) return { kind: 'mail', bytes, undone: before };
  const cleaned = clean(raw);
  const undone = [...before, ...cleaned.undone];
  const text = cleaned.text;
  if (text.includes('-----BEGIN ')) return { kind: 'pem', blocks: readPem(text), text, undone };
  if (text.trim() === '') return { kind: 'none', reason: 'it is empty', undone };
  const named = namedText(text);
  if (named) return { kind: 'none', reason: named, undone };
  const decoded = undone.length < mostLayers ? decodeBase64(standard(text)) : '';
  if (typeof decoded !== 'string') {
    const inner = unwrapped(decoded, [...undone, 'base64 text']);
    if (inner.kind !== 'none' || inner.reason !== unknown) return inner;
  }
  return { kind: 'none', reason: unknown, undone };
}

/** Base64url (RFC 4648 §5) is the same with two different digits, and usually without padding. */
function standard(text: string): string {
  const digits = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, '=');
}

const unknown = 'it is neither PEM nor DER, nor base64 of either';

const mailFields: ReadonlySet<string> = new Set([
  'from',
  'to',
  'date',
  'subject',
  'received',
  'message-id',
  'return-path',
  'delivered-to',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

/** RFC 5322 §2.2: header fields come first, up to an empty line. PEM headers (RFC 1421) are inside a block. */
function isMail(text: string): boolean {
  const head = text
    .slice(0, 16 * 1024)
    .trimStart()
    .split(/\r\n?|\n/);
  const end = head.findIndex((line) => line.trim() === '');
  const names = new Set<string>();
  for (const line of head.slice(0, end === -1 ? undefined : end)) {
    // A folded line, and the mbox line before a message.
    if (/^[ \t]/.test(line) || line.startsWith('From ')) continue;
    const name = /^([!-9;-~]+):/.exec(line)?.[1]?.toLowerCase();
    if (name === undefined) return false;
    if (mailFields.has(name)) names.add(name);
  }
  return names.size >= 2;
}
