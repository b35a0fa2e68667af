/** The few DER values for which the certificate library has no class (ITU-T X.690). */
import { tlv } from '../x509/index.ts';

export { sequence, tlv } from '../x509/index.ts';

/** GeneralizedTime in whole seconds; the tag is an argument because extensions tag it implicitly. */
export function generalizedTime(time: Date, tag = 0x18): Buffer<ArrayBuffer> {
  return tlv(tag, Buffer.from(`${time.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`, 'latin1'));
}
