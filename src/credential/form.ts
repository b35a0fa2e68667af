import { decodeText } from '../config/index.ts';
import { decodeBase64, type PemBlock, readPem } from '../x509/index.ts';

/** The outer shape of what a source holds. */
export type Form =
  | { readonly kind: 'pem'; readonly blocks: readonly PemBlock[] }
  | { readonly kind: 'der'; readonly bytes: Uint8Array }
  | { readonly kind: 'jks'; readonly bytes: Uint8Array }
  | { readonly kind: 'none'; readonly reason: string };

const sequenceTag = 0x30;
const jksMagic = Buffer.from('feedfeed', 'hex');

/**
 * Secret stores and settings pass PEM on as it is, with its line ends written `\n`, or as base64 of the whole file; the same for DER and
 * keystores. All are taken, from files and from variables alike.
 */
export function formOf(bytes: Buffer): Form {
  const binary = binaryForm(bytes);
  if (binary) return binary;
  const text = decodeText(bytes);
  const pem = pemForm(text);
  if (pem) return pem;
  if (text.trim() === '') return { kind: 'none', reason: 'it is empty' };
  const decoded = decodeBase64(text);
  const inner = typeof decoded === 'string' ? undefined : (binaryForm(decoded) ?? pemForm(decodeText(decoded)));
  return inner ?? { kind: 'none', reason: 'it is neither PEM nor DER, nor base64 of either' };
}

function binaryForm(bytes: Buffer): Form | undefined {
  if (bytes.subarray(0, jksMagic.length).equals(jksMagic)) return { kind: 'jks', bytes };
  // A SEQUENCE, and not text that begins with the digit 0: the length octet of anything this long has its high bit set.
  const length = bytes[1] ?? 0;
  return bytes[0] === sequenceTag && (length >= 0x80 || length + 2 === bytes.length)
    ? { kind: 'der', bytes }
    : undefined;
}

function pemForm(text: string): Form | undefined {
  if (!text.includes('-----BEGIN ')) return undefined;
  return { kind: 'pem', blocks: readPem(text.replace(/\\r\\n|\\n/g, '\n')) };
}
