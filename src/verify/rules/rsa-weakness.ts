/**
 * RSA keys that anybody can break although they are long enough: an exponent that does not encrypt, and moduli whose factors are known or near.
 * Certificates by the thousand have been found with each.
 */
import { children, DerError, expectTag, publicKeyOf, readDer, tags } from '../../x509/index.ts';

const known = new WeakMap<Uint8Array, { readonly weakness: string | undefined }>();

/** @returns what is wrong, to stand after "has"; undefined if nothing is, or the key is not RSA's. Looked for once for each certificate. */
export function rsaWeakness(spki: Uint8Array): string | undefined {
  const found = known.get(spki) ?? { weakness: weaknessOf(spki) };
  known.set(spki, found);
  return found.weakness;
}

function weaknessOf(spki: Uint8Array): string | undefined {
  const numbers = numbersOf(spki);
  if (!numbers) return undefined;
  const { modulus, exponent } = numbers;
  if (exponent <= 1n) return `an RSA key whose exponent is ${exponent}: what is encrypted with it is not`;
  if (exponent % 2n === 0n) return 'an RSA key whose exponent is even, which no RSA key can have';
  const remainders = remaindersOf(modulus);
  const factor = smallPrimes[remainders.indexOf(0)];
  if (factor !== undefined) return `an RSA key whose modulus is divisible by ${factor}`;
  if (isOfRoca(remainders))
    return 'an RSA key that was made by a faulty library (ROCA, CVE-2017-15361), so that it can be factored';
  if (hasNearFactors(modulus))
    return 'an RSA key whose two factors are so close together that they can be found (CVE-2022-26320)';
  return undefined;
}

/** OpenSSL also reads keys that are not strictly DER. */
function numbersOf(spki: Uint8Array): { modulus: bigint; exponent: bigint } | undefined {
  try {
    return numbersIn(spki);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const { n, e } = publicKeyOf(spki)?.export({ format: 'jwk' }) ?? {};
    return n === undefined || e === undefined ? undefined : { modulus: numberOf(n), exponent: numberOf(e) };
  }
}

const numberOf = (base64url: string): bigint => number(Buffer.from(base64url, 'base64url'));

/** RSAPublicKey (RFC 8017 A.1.1) in the BIT STRING of a SubjectPublicKeyInfo. @throws {DerError} */
function numbersIn(spki: Uint8Array): { modulus: bigint; exponent: bigint } | undefined {
  const what = 'the public key';
  const [, key] = children(readDer(spki, what), what);
  const [modulus, exponent] = children(readDer(expectTag(key, tags.bitString, what).body.subarray(1), what), what);
  return modulus && exponent && { modulus: number(modulus.body), exponent: number(exponent.body) };
}

const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex') || '0'}`);

/** The primes below 1,000. */
const smallPrimes: readonly number[] = Array.from({ length: 998 }, (_, index) => index + 2).filter((number, _, all) =>
  all.every((other) => other >= number || number % other !== 0),
);

/** In groups whose product a number holds exactly: one division of the modulus for each group. */
const groups = smallPrimes
  .reduce<{ product: number; primes: number[] }[]>((all, prime) => {
    const last = all.at(-1);
    if (last && last.product * prime <= Number.MAX_SAFE_INTEGER) {
      last.product *= prime;
      last.primes.push(prime);
    } else all.push({ product: prime, primes: [prime] });
    return all;
  }, [])
  .map(({ product, primes }) => ({ product: BigInt(product), primes }));

/** In the order of `smallPrimes`. */
function remaindersOf(modulus: bigint): readonly number[] {
  const remainders: number[] = [];
  for (const { product, primes } of groups) {
    const rest = Number(modulus % product);
    for (const prime of primes) remainders.push(rest % prime);
  }
  return remainders;
}

/** With these primes the fingerprint of "The Return of Coppersmith's Attack" (CCS 2017, §4.1) is wrong once in 2^27 keys or less. */
const rocaPrimes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] as const;

/** The faulty library made primes of which every remainder is a power of 65537. */
const rocaRemainders = rocaPrimes.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power);
  return { at: smallPrimes.indexOf(prime), powers };
});

const isOfRoca = (remainders: readonly number[]): boolean =>
  rocaRemainders.every(({ at, powers }) => powers.has(remainders[at] ?? 0));

/** The known keys fall in the first few steps of Fermat's method; a key made well does not in any number of them. */
const fermatSteps = 20;

function hasNearFactors(modulus: bigint): boolean {
  let middle = squareRoot(modulus);
  if (middle * middle < modulus) middle += 1n;
  const by = Number(middle % squaresProduct);
  const rest = Number((middle * middle - modulus) % squaresProduct);
  for (let step = 0; step < fermatSteps; step++) {
    // (middle + step)² - modulus, of which the remainder needs no long numbers.
    if (!mayBeSquare(rest + step * (2 * by + step))) continue;
    const whole = (middle + BigInt(step)) ** 2n - modulus;
    if (squareRoot(whole) ** 2n === whole) return true;
  }
  return false;
}

const squaresBy = (divisor: number) =>
  new Set(Array.from({ length: divisor }, (_, number) => (number * number) % divisor));

/** Of all remainders by 64 only twelve are those of squares, and by each of the primes about half. */
const squares = [64, 3, 5, 7, 11, 13, 17, 19].map((divisor) => ({ divisor, remainders: squaresBy(divisor) }));
const squaresProduct = BigInt(squares.reduce((product, { divisor }) => product * divisor, 1));

/** @param rest - of the number, by the product of all divisors or a multiple of it. */
const mayBeSquare = (rest: number): boolean =>
  squares.every(({ divisor, remainders }) => remainders.has(rest % divisor));

/** Rounded down (Newton's method). */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number;
  // From above, and right to the precision of a floating-point number.
  const bits = BigInt(Math.max(0, 4 * number.toString(16).length - 100)) & ~1n;
  let root = (BigInt(Math.ceil(Math.sqrt(Number(number >> bits)) * (1 + 2 ** -50))) + 1n) << (bits / 2n);
  for (;;) {
    const next = (root + number / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
