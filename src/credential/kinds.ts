/** What a file holds, by its content: for files whose purpose nobody has said. */
import { isCertificateLabel, readCertificates } from './certificates.ts';
import { formOf } from './form/form.ts';
import { kindOfDer } from './form/other-formats.ts';
import { isKeyLabel } from './private-key.ts';

export interface Holds {
  /** Certificates that can be read, or blocks that should be some. */
  readonly certificates: boolean;
  readonly privateKey: boolean;
  readonly keystore: boolean;
}

/** Reads no key and asks for no passphrase. Never throws because of the content. */
export async function whatIsIn(bytes: Buffer): Promise<Holds> {
  const form = formOf(bytes);
  const nothing = { certificates: false, privateKey: false, keystore: false };
  if (form.kind === 'jks') return { ...nothing, keystore: true };
  if (form.kind === 'pem') {
    const labels = form.blocks.map(({ label }) => label);
    return { ...nothing, certificates: labels.some(isCertificateLabel), privateKey: labels.some(isKeyLabel) };
  }
  if (form.kind === 'der') {
    const kind = kindOfDer(form.bytes);
    return {
      certificates: kind === 'certificate' || kind === 'pkcs7',
      privateKey: kind === 'private_key' || kind === 'encrypted_key',
      keystore: kind === 'pkcs12',
    };
  }
  const { entries } = await readCertificates(bytes);
  return { ...nothing, certificates: entries.some((entry) => entry !== undefined) };
}
