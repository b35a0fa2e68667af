/**
 * RC2 (RFC 2268), for reading only. OpenSSL's default provider dropped it in version 3, and older keystores still encrypt their
 * certificates with it. Nothing is ever encrypted with it here.
 */

/** RFC 2268 §2: the digits of pi. */
const pi = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
);
const piOf = (octet: number): number => pi[octet & 0xff] ?? 0;

/** CBC with the padding of PKCS#7, with as many effective key bits as the key has, as in PKCS#12. `undefined` if the padding is wrong. */
export function decryptRc2(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) return undefined;
  const words = expand(key);
  const cipher = Buffer.concat([iv, ciphertext]);
  const plain = Buffer.alloc(ciphertext.length);
  for (let at = 0; at < plain.length; at += 8) {
    decryptBlock(words, cipher, at + 8, plain, at);
    for (let index = at; index < at + 8; index += 1) plain[index] = (plain[index] ?? 0) ^ (cipher[index] ?? 0);
  }
  return withoutPadding(plain);
}

/** RFC 2268 §2. */
function expand(key: Uint8Array): Uint16Array {
  const octets = new Uint8Array(128);
  const at = (index: number): number => octets[index] ?? 0;
  octets.set(key);
  for (let index = key.length; index < 128; index += 1) octets[index] = piOf(at(index - 1) + at(index - key.length));
  const first = 128 - key.length;
  octets[first] = piOf(at(first));
  for (let index = first - 1; index >= 0; index -= 1) octets[index] = piOf(at(index + 1) ^ at(index + key.length));
  return Uint16Array.from({ length: 64 }, (_, index) => at(2 * index) | (at(2 * index + 1) << 8));
}

/** RFC 2268 §4: five mixing rounds, one mashing round, then six, one and five. From eight octets of `cipher` to eight of `plain`. */
function decryptBlock(words: Uint16Array, cipher: Buffer, from: number, plain: Buffer, to: number): void {
  let [a, b, c, d] = [0, 2, 4, 6].map((offset) => cipher.readUInt16LE(from + offset)) as [
    number,
    number,
    number,
    number,
  ];
  let left = 64;
  const next = () => words[--left] ?? 0;
  const mix = () => {
    d = (rotate(d, 5) - next() - (c & b) - (~c & a)) & 0xffff;
    c = (rotate(c, 3) - next() - (b & a) - (~b & d)) & 0xffff;
    b = (rotate(b, 2) - next() - (a & d) - (~a & c)) & 0xffff;
    a = (rotate(a, 1) - next() - (d & c) - (~d & b)) & 0xffff;
  };
  const mash = () => {
    d = (d - (words[c & 63] ?? 0)) & 0xffff;
    c = (c - (words[b & 63] ?? 0)) & 0xffff;
    b = (b - (words[a & 63] ?? 0)) & 0xffff;
    a = (a - (words[d & 63] ?? 0)) & 0xffff;
  };
  for (let round = 0; round < 16; round += 1) {
    if (round === 5 || round === 11) mash();
    mix();
  }
  plain.writeUInt16LE(a, to);
  plain.writeUInt16LE(b, to + 2);
  plain.writeUInt16LE(c, to + 4);
  plain.writeUInt16LE(d, to + 6);
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (16 - by));

function withoutPadding(plain: Buffer): Buffer | undefined {
  const count = plain.at(-1) ?? 0;
  const padding = plain.subarray(plain.length - count);
  if (count < 1 || count > 8 || padding.some((octet) => octet !== count)) return undefined;
  return plain.subarray(0, plain.length - count);
}
