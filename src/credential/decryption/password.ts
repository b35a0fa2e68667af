/** The bytes that the encrypting tool may have made of a passphrase. ASCII has one encoding; `£` has several. */

/**
 * What the tool may have read: the passphrase itself; each octet of its UTF-8 as a separate character (OpenSSL before 1.1, Java with
 * another file encoding); each of those octets as U+FFFD (Java in the C locale).
 */
export function readingsOf(passphrase: string): string[] {
  const octets = Buffer.from(passphrase, 'utf8').toString('latin1');
  const readings = [passphrase, passphrase.normalize('NFC'), octets, octets.replace(/[\x80-\xff]/g, '\ufffd')];
  return [...new Set(readings)];
}

/** For PBES2 and OpenSSL's own forms, which hash octets: UTF-8 (RFC 8018 §3), or Latin-1 from a terminal that used it. */
export function octetsOf(passphrase: string): Buffer[] {
  const utf8 = Buffer.from(passphrase, 'utf8');
  const latin1 = Buffer.from(passphrase, 'latin1');
  const fits = latin1.toString('latin1') === passphrase;
  return fits && !latin1.equals(utf8) ? [utf8, latin1] : [utf8];
}

/** RFC 7292 appendix B.1: big-endian UTF-16 with a terminating zero. JKS is the same without the zero. */
export function bmpOf(passphrase: string, terminated = true): Buffer {
  return Buffer.from(terminated ? `${passphrase}\0` : passphrase, 'utf16le').swap16();
}
