/** Creates and checks password hashes with Node's own Argon2id (RFC 9106), or scrypt (RFC 7914) where Node has no Argon2. */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import { formatPasswordHash, type PasswordHash } from '../../config/index.ts';

// Needs Node 24.7 with OpenSSL 3.2. As a named import it would keep the program from loading elsewhere.
const argon2 = crypto.argon2 as typeof crypto.argon2 | undefined;
const scrypt = promisify<string | Buffer, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** From the OWASP Password Storage Cheat Sheet, equally strong: 19 MiB and about 40 ms, or 32 MiB and about 250 ms. */
const costs = {
  argon2id: { scheme: 'argon2id', memoryKiB: 19 * 1024, passes: 2, p: 1 },
  scrypt: { scheme: 'scrypt', logN: 15, r: 8, p: 3 },
} as const;

const saltBytes = 16;
const hashBytes = 32;

/**
 * @param scheme - default: Argon2id if this Node has it.
 * @returns the hash in the PHC string format.
 * @example
 * const hash = await hashPassword('correct horse battery staple');
 */
export async function hashPassword(
  password: string,
  scheme: PasswordHash['scheme'] = argon2 ? 'argon2id' : 'scrypt',
): Promise<string> {
  const empty = { ...costs[scheme], salt: crypto.randomBytes(saltBytes), hash: Buffer.alloc(hashBytes) };
  return formatPasswordHash({ ...empty, hash: await derive(password, empty) });
}

/**
 * Runs off the main loop. Takes the time and memory that the hash specifies, so only run a few at once.
 * @throws {Error} if there is not enough memory, or this Node has no Argon2.
 */
export async function verifyPassword(password: string | Buffer, expected: PasswordHash): Promise<boolean> {
  return crypto.timingSafeEqual(await derive(password, expected), expected.hash);
}

async function derive(password: string | Buffer, parameters: PasswordHash): Promise<Buffer> {
  const { salt, hash, p } = parameters;
  if (parameters.scheme === 'scrypt') {
    const { logN, r } = parameters;
    const N = 2 ** logN;
    // OpenSSL needs a little more than the 128 · N · r octets of RFC 7914.
    return scrypt(password, salt, hash.length, { N, r, p, maxmem: 128 * (N + p + 2) * r + 1024 * 1024 });
  }
  if (!argon2) throw new Error('this Node.js has no Argon2; use a hash of the kind $scrypt$');
  const { memoryKiB: memory, passes } = parameters;
  return promisify(argon2)('argon2id', {
    message: password,
    nonce: salt,
    parallelism: p,
    tagLength: hash.length,
    memory,
    passes,
  });
}
