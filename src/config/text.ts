/**
 * Text from a file or variable, whatever wrote it: UTF-8 with or without a byte order mark, UTF-16 with one (as Windows shells redirect),
 * and Latin-1 where the bytes are no UTF-8, so that a `£` typed long ago is still a `£`.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.subarray(2).toString('utf16le');
  if (buffer[0] === 0xfe && buffer[1] === 0xff && buffer.length % 2 === 0) {
    return Buffer.from(buffer.subarray(2)).swap16().toString('utf16le');
  }
  try {
    // `ignoreBOM` is false: a byte order mark at the start is dropped.
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer);
  } catch {
    return buffer.toString('latin1');
  }
}
