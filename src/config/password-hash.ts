/** Hashes of passwords in the PHC string format, https://github.com/P-H-C/phc-string-format. */

interface Hashed {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Parameters as RFC 9106 and RFC 7914 name them; `memoryKiB` in KiB, `logN` the binary logarithm of N. */
export type PasswordHash =
  | (Hashed & { readonly scheme: 'argon2id'; readonly memoryKiB: number; readonly passes: number; readonly p: number })
  | (Hashed & { readonly scheme: 'scrypt'; readonly logN: number; readonly r: number; readonly p: number });

export const passwordHashExpectation =
  'a hash from `mesh-cert-monitor hash-password` ($argon2id$… or $scrypt$…) that needs at most 256 MiB';

/** A hash that costs more than this could be used to stop the service. */
const mostKiB = 256 * 1024;
const mostPasses = 20;
const mostLanes = 8;
const leastSaltBytes = 8;
const leastHashBytes = 16;

const argon2id =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{1,86})\$([A-Za-z0-9+/]{1,86})$/;
const scrypt = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{1,86})\$([A-Za-z0-9+/]{1,86})$/;

/** @returns undefined if the text is not a hash, or the hash costs too much. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const parsed = parseArgon2id(text) ?? parseScrypt(text);
  return parsed && parsed.salt.length >= leastSaltBytes && parsed.hash.length >= leastHashBytes ? parsed : undefined;
}

function parseArgon2id(text: string): PasswordHash | undefined {
  const [, m, t, lanes, salt = '', hash = ''] = argon2id.exec(text) ?? [];
  const [memoryKiB, passes, p] = [Number(m), Number(t), Number(lanes)];
  // RFC 9106 §3.1: at least 8 KiB for each lane.
  const fits = isWithin(p, mostLanes) && isWithin(passes, mostPasses) && memoryKiB >= 8 * p && memoryKiB <= mostKiB;
  return fits ? { scheme: 'argon2id', memoryKiB, passes, p, ...bytesOf(salt, hash) } : undefined;
}

function parseScrypt(text: string): PasswordHash | undefined {
  const [, ln, block, lanes, salt = '', hash = ''] = scrypt.exec(text) ?? [];
  const [logN, r, p] = [Number(ln), Number(block), Number(lanes)];
  // RFC 7914 §6: 128 · N · r octets.
  const fits = logN >= 1 && isWithin(r, 32) && isWithin(p, mostLanes) && 2 ** logN * r * 128 <= mostKiB * 1024;
  return fits ? { scheme: 'scrypt', logN, r, p, ...bytesOf(salt, hash) } : undefined;
}

const isWithin = (value: number, most: number) => value >= 1 && value <= most;

const bytesOf = (salt: string, hash: string): Hashed => ({
  salt: Buffer.from(salt, 'base64'),
  hash: Buffer.from(hash, 'base64'),
});

/** The reverse of `parsePasswordHash`. */
export function formatPasswordHash(value: PasswordHash): string {
  const [salt, hash] = [value.salt, value.hash].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  const parameters =
    value.scheme === 'argon2id'
      ? `v=19$m=${value.memoryKiB},t=${value.passes},p=${value.p}`
      : `ln=${value.logN},r=${value.r},p=${value.p}`;
  return `$${value.scheme}$${parameters}$${salt}$${hash}`;
}
