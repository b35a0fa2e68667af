/**
 * Text from a file or variable in any usual encoding: UTF-8 with or without a byte order mark, UTF-16 with one (as Windows shells write),
 * and Latin-1 if the bytes are not UTF-8, so that a `£` in an old file is still a `£`.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.subarray(2).toString('utf16le');
  if (buffer[0] === 0xfe && buffer[1] === 0xff && buffer.length % 2 === 0) {
    return Buffer.from(buffer.subarray(2)).swap16().toString('utf16le');
  }
  try {
    // `ignoreBOM` is false by default, so a byte order mark at the start is removed.
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer);
  } catch {
    return buffer.toString('latin1');
  }
}
