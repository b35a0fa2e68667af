/** How the scenarios are made: a faultless chain, bent in one place. */
import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { Name } from '@peculiar/x509';
import { sequence, tlv } from '../../../src/demo/der.ts';
import { spkiOf } from '../../../src/demo/keys.ts';
import type { FindingCode } from '../../../src/findings/catalogue.ts';
import { type CertificateOptions, ca, date, type KeyPair, keysFor, leaf, type Made } from '../../support/pki.ts';

export interface Scenario {
  readonly name: string;
  readonly make: () => Promise<{ client: Made; key?: KeyPair; bundle: readonly { der: Uint8Array; pem: string }[] }>;
  /** Every finding below `verifiers_disagree`, in any order. None: a faultless credential. */
  readonly findings: readonly FindingCode[];
  /** OpenSSL's verdict, where it is not ours. */
  readonly openssl?: 'accepts' | 'refuses';
}

export const past = { notBefore: date('2020-01-01'), notAfter: date('2021-01-01') };
export const future = { notBefore: date('2039-01-01'), notAfter: date('2039-12-31') };
export const noIdentifiers = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };

/** A root, a sub CA and a client, each bent as told. */
export const three =
  (bend: { root?: CertificateOptions; sub?: CertificateOptions; client?: CertificateOptions } = {}): Scenario['make'] =>
  async () => {
    const root = await ca({ cn: 'Root', ...bend.root });
    const sub = await ca({ cn: 'Sub', issuer: root, pathLength: 0, ...bend.sub });
    return { client: await leaf({ issuer: sub, ...bend.client }), bundle: [root, sub] };
  };

export const constrained = (nameConstraints: CertificateOptions['nameConstraints'], client: CertificateOptions = {}) =>
  three({ sub: { ...(nameConstraints ? { nameConstraints } : {}) }, client });

export const reversed = <T extends { bundle: readonly unknown[] }>(made: T): T => ({
  ...made,
  bundle: [...made.bundle].reverse(),
});

export function withKey(kind: Parameters<typeof keysFor>[0], who: 'root' | 'sub' | 'client'): Scenario['make'] {
  return async () => three({ [who]: { keys: await keysFor(kind) } })();
}

/** OpenSSL signs with SHA-1 for RSA and ECDSA alike; the issuer's key decides which. */
export function signedWithSha1(who: 'root' | 'sub' | 'client'): Scenario['make'] {
  return three({ [who]: { hash: 'SHA-1' } });
}

/** A key that can stand in an end entity's certificate, whatever its kind: only issuers need one that the maker can sign with. */
export function leafOnly(type: string, options: object): KeyPair {
  const generate = generateKeyPairSync as unknown as (type: string, options: object) => Omit<KeyPair, 'kind'>;
  return { kind: 'ec-p256', ...generate(type, options) };
}

/** A key whose curve is spelt out where it is shown, and named where it signs: the signing library knows no other. */
export function explicitCurve(): KeyPair {
  const { privateKey, publicKey } = leafOnly('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
  const named = createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' });
  return { kind: 'ec-p256', privateKey: named, publicKey };
}

/** Before version 3 there were no extensions (RFC 5280 §4.1.2.1); roots of that time are still about. */
export async function versionOneRoot(): ReturnType<Scenario['make']> {
  const keys = await keysFor('ec-p256', 'version 1');
  const subject = [{ CN: ['Root of version 1'] }];
  const name = Buffer.from(new Name(subject).toArrayBuffer());
  const ecdsaWithSha256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const utcTime = (text: string) => tlv(0x17, Buffer.from(text));
  const validity = sequence(utcTime('200101000000Z'), utcTime('400101000000Z'));
  const tbs = sequence(tlv(0x02, Buffer.from([1])), ecdsaWithSha256, name, validity, name, spkiOf(keys.publicKey));
  const signature = sign('sha256', tbs, keys.privateKey);
  const der = sequence(tbs, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const sub = await ca({ cn: 'Sub', issuer: { keys, subject }, authorityKeyIdentifier: null });
  return { client: await leaf({ issuer: sub }), bundle: [{ der, pem }, sub] };
}
