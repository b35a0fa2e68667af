/** Throwaway key pairs for the demonstration and the tests. */
import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { X509CertificateCreateWithKeyParams } from '@peculiar/x509';

export type KeyKind = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ec-p256' | 'ec-p384' | 'ec-p521' | 'ed25519';
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface KeyPair {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const curves = { 'ec-p256': 'P-256', 'ec-p384': 'P-384', 'ec-p521': 'P-521' } as const;

/** RSA 2048 takes about 100 ms, RSA 4096 a second or more, an elliptic curve key next to nothing. */
export async function generateKeys(kind: KeyKind): Promise<KeyPair> {
  if (kind === 'ed25519') return { kind, ...(await generate('ed25519')) };
  if (isCurve(kind)) return { kind, ...(await generate('ec', { namedCurve: curves[kind] })) };
  return { kind, ...(await generate('rsa', { modulusLength: Number(kind.slice(4)) })) };
}

export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** RFC 7093 §2 (4): the leftmost 160 bits of the SHA-256 of the SubjectPublicKeyInfo. Hex. */
export const keyIdentifierOf = (key: KeyObject): string =>
  createHash('sha256').update(spkiOf(key)).digest('hex').slice(0, 40);

/**
 * The private key as the certificate library wants it, for signing only. Its type is the browser's wherever another module has
 * imported the browser's types, and Node's own type does not match that.
 */
export function signingKeyOf(keys: KeyPair, hash: HashName): X509CertificateCreateWithKeyParams['signingKey'] {
  return keys.privateKey.toCryptoKey(signingAlgorithmOf(keys.kind, hash), false, ['sign']) as never;
}

export function signingAlgorithmOf(kind: KeyKind, hash: HashName) {
  if (kind === 'ed25519') return { name: 'Ed25519' };
  return isCurve(kind) ? { name: 'ECDSA', namedCurve: curves[kind], hash } : { name: 'RSASSA-PKCS1-v1_5', hash };
}

function isCurve(kind: KeyKind): kind is keyof typeof curves {
  return kind in curves;
}
