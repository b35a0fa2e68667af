/** Certificates octet by octet, for what no certificate library is willing to write. The signature is nonsense: only parsing is tested. */
import { generateKeyPairSync } from 'node:crypto';
import { sequence, tlv } from '../../../src/demo/der.ts';
import { spkiOf } from '../../../src/demo/keys.ts';

const spki = spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
export const ecdsaSha256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

export interface RawParts {
  readonly version?: Buffer | null;
  /** The INTEGER's content octets. */
  readonly serial?: Buffer;
  readonly issuer?: Buffer;
  readonly subject?: Buffer;
  readonly notBefore?: Buffer;
  readonly notAfter?: Buffer;
  readonly spki?: Buffer;
  readonly algorithm?: Buffer;
  readonly extensions?: readonly Buffer[];
  /** A BIT STRING. */
  readonly signature?: Buffer;
}

export function raw(parts: RawParts = {}): Buffer {
  const algorithm = parts.algorithm ?? ecdsaSha256;
  const version = parts.version === undefined ? tlv(0xa0, tlv(0x02, Buffer.from([2]))) : parts.version;
  const tbs = sequence(
    ...(version ? [version] : []),
    tlv(0x02, parts.serial ?? Buffer.from([1])),
    algorithm,
    parts.issuer ?? name(rdn(cn('issuer'))),
    sequence(parts.notBefore ?? utcTime('200101000000Z'), parts.notAfter ?? utcTime('300101000000Z')),
    parts.subject ?? name(rdn(cn('subject'))),
    parts.spki ?? spki,
    ...(parts.extensions ? [tlv(0xa3, sequence(...parts.extensions))] : []),
  );
  return sequence(tbs, algorithm, parts.signature ?? tlv(0x03, Buffer.from([0, 0x30, 0x00])));
}

export const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text, 'latin1'));
export const generalizedTime = (text: string): Buffer => tlv(0x18, Buffer.from(text, 'latin1'));

export const name = (...rdns: readonly Buffer[]): Buffer => sequence(...rdns);
export const rdn = (...attributes: readonly Buffer[]): Buffer => tlv(0x31, ...attributes);
export const attribute = (oidHex: string, value: Buffer): Buffer =>
  sequence(tlv(0x06, Buffer.from(oidHex, 'hex')), value);
export const cn = (value: Buffer | string): Buffer =>
  attribute('550403', typeof value === 'string' ? tlv(0x0c, Buffer.from(value)) : value);
export const o = (value: Buffer | string): Buffer =>
  attribute('55040a', typeof value === 'string' ? tlv(0x0c, Buffer.from(value)) : value);

export function extension(oidHex: string, content: Buffer, critical = false): Buffer {
  const flag = critical ? [tlv(0x01, Buffer.from([0xff]))] : [];
  return sequence(tlv(0x06, Buffer.from(oidHex, 'hex')), ...flag, tlv(0x04, content));
}
