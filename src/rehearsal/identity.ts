/**
 * A certificate for the server of a rehearsal. Any will do, because nobody judges it. It is written here because a library for it takes longer to
 * load than a whole command may take.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { sequence, tlv, toPem } from '../x509/index.ts';

export interface Identity {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const commonName = tlv(0x06, Buffer.from('550403', 'hex'));
const name = sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from('rehearsal')))));
/** RFC 5280 §4.1.2.5: the year 9999 stands for no end. */
const always = sequence(tlv(0x17, Buffer.from('000101000000Z')), tlv(0x18, Buffer.from('99991231235959Z')));

/** Self-signed, version 1 (RFC 5280 §4.1), with a key of its own. */
export function createIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(tlv(0x02, Buffer.from([1])), ecdsaWithSha256, name, always, name, spki);
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  return {
    cert: toPem(sequence(body, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
