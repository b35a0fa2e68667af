/**
 * Writing PKCS#12 (RFC 7292), for a store that encrypts it itself: without a passphrase, as Key Vault hands it out. The key is encrypted (PBES2,
 * RFC 8018) and the whole has a MAC, both with the empty passphrase: as OpenSSL writes it when it is given none.
 */
import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { type Certificate, context, sequence, tags, tlv } from '../../x509/index.ts';
import { derivationWork, hashBytes, pkcs12Key } from '../decryption/kdf.ts';
import { bmpOf } from '../decryption/password.ts';

const oids = {
  data: '2a864886f70d010701',
  shroudedKeyBag: '2a864886f70d010c0a0102',
  certificateBag: '2a864886f70d010c0a0103',
  x509Certificate: '2a864886f70d01091601',
  localKeyId: '2a864886f70d010915',
  sha256: '608648016503040201',
} as const;
const rounds = 2048;
const nullValue = tlv(0x05);

/** @param certificates the key's own first */
export async function writePkcs12(key: KeyObject, certificates: readonly Certificate[]): Promise<Buffer> {
  const [own, ...others] = certificates;
  const id = own && attributes(oids.localKeyId, octets(createHash('sha1').update(own.der).digest()));
  const shrouded = key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: '' });
  const safe = sequence(
    bag(oids.shroudedKeyBag, shrouded, id),
    ...[own, ...others].flatMap((each) => (each ? [certificateBag(each, each === own ? id : undefined)] : [])),
  );
  const authenticated = sequence(dataOf(safe));
  return sequence(integer(3), dataOf(authenticated), await mac(authenticated));
}

const object = (hex: string) => tlv(tags.oid, Buffer.from(hex, 'hex'));
const octets = (bytes: Uint8Array) => tlv(tags.octetString, bytes);
/** Not negative, and below 32,768. */
const integer = (value: number) => tlv(tags.integer, Buffer.from(value < 0x80 ? [value] : [value >> 8, value & 0xff]));
const explicit = (content: Uint8Array) => tlv(context(0), content);

/** ContentInfo */
const dataOf = (content: Uint8Array) => sequence(object(oids.data), explicit(octets(content)));

const bag = (type: string, content: Uint8Array, itsAttributes: Uint8Array | undefined) =>
  sequence(object(type), explicit(content), ...(itsAttributes ? [itsAttributes] : []));

const certificateBag = ({ der }: Certificate, itsAttributes: Uint8Array | undefined) =>
  bag(oids.certificateBag, sequence(object(oids.x509Certificate), explicit(octets(der))), itsAttributes);

const attributes = (type: string, value: Uint8Array) => tlv(tags.set, sequence(object(type), tlv(tags.set, value)));

async function mac(content: Uint8Array): Promise<Buffer> {
  const salt = randomBytes(16);
  const key = await pkcs12Key({
    ...{ password: bmpOf(''), salt, rounds, purpose: 3, hash: 'sha256', length: hashBytes.sha256 },
    work: derivationWork(),
  });
  const digest = createHmac('sha256', key).update(content).digest();
  return sequence(sequence(sequence(object(oids.sha256), nullValue), octets(digest)), octets(salt), integer(rounds));
}
