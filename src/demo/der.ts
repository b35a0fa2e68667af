/** The few DER values for which the certificate library has no class (ITU-T X.690). */

export function tlv(tag: number, ...content: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(body.length), body]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer<ArrayBuffer> => tlv(0x30, ...content);

/** GeneralizedTime in whole seconds; the tag is an argument because extensions tag it implicitly. */
export function generalizedTime(time: Date, tag = 0x18): Buffer<ArrayBuffer> {
  return tlv(tag, Buffer.from(`${time.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`, 'latin1'));
}

function lengthOctets(length: number): Buffer<ArrayBuffer> {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}
