/** Writing DER (ITU-T X.690), for the little that is written here and not by a library. */

/** One value: tag, length and content. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(body.length), body]);
}

/** A SEQUENCE of values that are DER already. */
export const sequence = (...content: readonly Uint8Array[]): Buffer<ArrayBuffer> => tlv(0x30, ...content);

function lengthOctets(length: number): Buffer<ArrayBuffer> {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}
