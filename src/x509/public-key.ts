import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyAlgorithm, PublicKeyFacts } from './certificate.ts';

const algorithms: Readonly<Record<string, KeyAlgorithm>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'EC',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
  dsa: 'DSA',
};
const fixedBits: Readonly<Record<string, number>> = { ed25519: 256, ed448: 456 };

/** What a SubjectPublicKeyInfo says. A key that OpenSSL does not know is `unknown`, not an error: the certificate can still be shown. */
export function publicKeyFacts(spki: Uint8Array): PublicKeyFacts {
  const key = publicKeyOf(spki);
  return key ? keyFacts(key, spki) : { algorithm: 'unknown', bits: 0, spki };
}

/** The same of a key at hand. `spki`: its DER, where the caller has it already. */
export function keyFacts(
  key: KeyObject,
  spki: Uint8Array = key.export({ type: 'spki', format: 'der' }),
): PublicKeyFacts {
  const type = key.asymmetricKeyType ?? '';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return {
    algorithm: algorithms[type] ?? 'unknown',
    bits: modulusLength ?? fixedBits[type] ?? curveBits(namedCurve),
    ...(namedCurve === undefined ? {} : { curve: namedCurve }),
    spki,
  };
}

/** The key in a SubjectPublicKeyInfo (DER); undefined when OpenSSL cannot read it. */
export function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** OpenSSL's curve names carry their size: `prime256v1`, `secp384r1`, `brainpoolP512r1`. */
const curveBits = (name: string | undefined): number => Number(/\d{3}/.exec(name ?? '')?.[0] ?? 0);
