/**
 * Certificates as described by a blueprint, sound or not. The tests' PKI maker writes only what a library is willing to write; a random path
 * also needs the rest: keys that sign nothing, versions without extensions, damaged octets.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { generalizedTime, sequence, tlv } from '../../src/demo/der.ts';
import { oid } from '../../test/support/extensions.ts';

export interface Key {
  readonly kind: 'ec' | 'rsa' | 'ed25519';
  /** What it is, in a few words. */
  readonly name: string;
  readonly spki: Buffer;
  readonly privateKey: KeyObject;
}

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface Attribute {
  readonly type: 'C' | 'O' | 'OU' | 'CN' | 'E';
  readonly value: string;
  /** Default: UTF8String; IA5String for an email address. */
  readonly printable?: true;
}
/** One attribute per RDN. */
export type DistinguishedName = readonly Attribute[];

export interface Blueprint {
  subject: DistinguishedName;
  issuer: DistinguishedName;
  key: Key;
  signer: Key;
  hash: Hash;
  notBefore: Date;
  notAfter: Date;
  /** 1, 2 or 3. */
  version: number;
  serial: number;
  extensions: ExtensionBlueprint[];
  /** Changes to the finished certificate. */
  damage?: (der: Buffer) => Buffer;
}

export interface ExtensionBlueprint {
  readonly id: string;
  readonly critical: boolean;
  readonly content: Buffer;
}

export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export function generateKey(kind: 'rsa' | 'ed25519' | 'ec', option?: number | string, explicit = false): Key {
  if (kind === 'ed25519') return keyOf(kind, 'Ed25519', generateKeyPairSync('ed25519'));
  if (kind === 'rsa')
    return keyOf(kind, `RSA ${option}`, generateKeyPairSync('rsa', { modulusLength: Number(option) }));
  const pair = generateKeyPairSync('ec', {
    namedCurve: String(option),
    paramEncoding: explicit ? 'explicit' : 'named',
  });
  // Signs in the same way whether its curve is spelt out or named.
  const privateKey = explicit
    ? createPrivateKey({ key: pair.privateKey.export({ format: 'jwk' }), format: 'jwk' })
    : pair.privateKey;
  return keyOf(kind, `${option}${explicit ? ', spelt out' : ''}`, { publicKey: pair.publicKey, privateKey });
}

const keyOf = (kind: Key['kind'], name: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): Key => ({
  kind,
  name,
  spki: pair.publicKey.export({ type: 'spki', format: 'der' }),
  privateKey: pair.privateKey,
});

export const identifierOf = ({ spki }: Key): Buffer => createHash('sha1').update(spki).digest();

/** The DER of the certificate. */
export function make(blueprint: Blueprint): Buffer {
  const algorithm = algorithmOf(blueprint.signer, blueprint.hash);
  const extensions = blueprint.extensions.map(extension);
  const tbs = sequence(
    ...(blueprint.version > 1 ? [tlv(0xa0, tlv(0x02, Buffer.from([blueprint.version - 1])))] : []),
    tlv(0x02, serial(blueprint.serial)),
    algorithm,
    distinguishedName(blueprint.issuer),
    sequence(time(blueprint.notBefore), time(blueprint.notAfter)),
    distinguishedName(blueprint.subject),
    blueprint.key.spki,
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  const { kind, privateKey } = blueprint.signer;
  const signature = sign(kind === 'ed25519' ? null : blueprint.hash, tbs, privateKey);
  const der = sequence(tbs, algorithm, tlv(0x03, Buffer.from([0]), signature));
  return blueprint.damage?.(der) ?? der;
}

const algorithms: Readonly<Record<string, string>> = {
  'ec sha1': '1.2.840.10045.4.1',
  'ec sha256': '1.2.840.10045.4.3.2',
  'ec sha384': '1.2.840.10045.4.3.3',
  'ec sha512': '1.2.840.10045.4.3.4',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
  'rsa sha384': '1.2.840.113549.1.1.12',
  'rsa sha512': '1.2.840.113549.1.1.13',
};

function algorithmOf({ kind }: Key, hash: Hash): Buffer {
  if (kind === 'ed25519') return sequence(oid('1.3.101.112'));
  return sequence(oid(algorithms[`${kind} ${hash}`] ?? ''), ...(kind === 'rsa' ? [tlv(0x05)] : []));
}

const attributeTypes = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3', E: '1.2.840.113549.1.9.1' };

export const distinguishedName = (name: DistinguishedName): Buffer<ArrayBuffer> =>
  sequence(
    ...name.map(({ type, value, printable }) => {
      const tag = type === 'E' ? 0x16 : printable || type === 'C' ? 0x13 : 0x0c;
      return tlv(0x31, sequence(oid(attributeTypes[type]), tlv(tag, Buffer.from(value))));
    }),
  );

const extension = ({ id, critical, content }: ExtensionBlueprint): Buffer =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, content));

function serial(number: number): Buffer {
  const octets = Buffer.alloc(5);
  octets.writeUInt32BE(number, 1);
  octets[0] = 0x01;
  return octets;
}

/** RFC 5280 §4.1.2.5: UTCTime to 2049. */
const time = (date: Date): Buffer =>
  date.getUTCFullYear() < 2050
    ? tlv(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
    : generalizedTime(date);
