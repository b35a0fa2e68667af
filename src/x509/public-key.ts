import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyAlgorithm, KeyFlaw, PublicKeyFacts } from './certificate.ts';
import { children, DerError, oid, readDer, tags } from './der.ts';
import { usualRsaFacts } from './rsa-key.ts';

const algorithms: Readonly<Record<string, KeyAlgorithm>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'EC',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
  dsa: 'DSA',
};
const fixedBits: Readonly<Record<string, number>> = { ed25519: 256, ed448: 456 };

/** What a SubjectPublicKeyInfo says. A key that OpenSSL cannot read is `unknown`, not an error: the certificate can still be shown. */
export function publicKeyFacts(spki: Uint8Array): PublicKeyFacts {
  const known = usualRsaFacts(spki);
  if (known) return known;
  const key = publicKeyOf(spki);
  return key ? keyFacts(key, spki) : { algorithm: 'unknown', bits: 0, flaw: flawOf(spki) ?? 'malformed', spki };
}

/** The same for an existing key. `spki`: its DER, if the caller already has it. */
export function keyFacts(
  key: KeyObject,
  spki: Uint8Array = key.export({ type: 'spki', format: 'der' }),
): PublicKeyFacts {
  const type = key.asymmetricKeyType ?? '';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const flaw = type === 'ec' ? flawOf(spki) : undefined;
  return {
    algorithm: algorithms[type] ?? 'unknown',
    bits: modulusLength ?? fixedBits[type] ?? curveBits(namedCurve),
    ...(namedCurve === undefined ? {} : { curve: namedCurve }),
    ...(flaw ? { flaw } : {}),
    spki,
  };
}

/** The key in a SubjectPublicKeyInfo (DER), or undefined if OpenSSL cannot read it. */
export function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** How a key is named where a record or a file has to say which: SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
export const spkiSha256Of = (spki: Uint8Array): string => createHash('sha256').update(spki).digest('hex');

/** By octets and, if those differ, by meaning, because a key can be written in two ways (a compressed point, absent parameters). */
export function isSameKey(one: PublicKeyFacts, other: PublicKeyFacts): boolean {
  if (Buffer.compare(one.spki, other.spki) === 0) return true;
  const [first, second] = [publicKeyOf(one.spki), publicKeyOf(other.spki)];
  if (!first || !second) return false;
  // To compare keys of different kinds is an error in OpenSSL, which it would report to whoever comes next.
  return first.asymmetricKeyType === second.asymmetricKeyType && first.equals(second);
}

const ecPublicKeyOid = '1.2.840.10045.2.1';

/** RFC 5480 §2.1.1: the parameters of an elliptic curve key are the curve's name, and nothing else. */
function flawOf(spki: Uint8Array): KeyFlaw | undefined {
  const what = 'the public key';
  try {
    const [algorithm] = children(readDer(spki, what), what);
    const [id, parameters] = algorithm ? children(algorithm, what) : [];
    if (!id || oid(id, what) !== ecPublicKeyOid) return undefined;
    return parameters?.tag === tags.sequence ? 'explicit-curve' : undefined;
  } catch (error) {
    if (error instanceof DerError) return 'malformed';
    throw error;
  }
}

/** OpenSSL's curve names carry their size: `prime256v1`, `secp384r1`, `brainpoolP512r1`. */
const curveBits = (name: string | undefined): number => Number(/\d{3}/.exec(name ?? '')?.[0] ?? 0);
