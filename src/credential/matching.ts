/** For a certificate and key that do not belong together, when something else in the same files does. */
import type { Certificate } from '../x509/index.ts';
import type { DeployedKey } from './key-handle.ts';
import { privateKeysIn } from './private-key.ts';
import type { CredentialContent } from './snapshot.ts';

interface Pair {
  readonly certificate?: Certificate;
  readonly others?: readonly Certificate[];
  readonly key?: DeployedKey;
}

/** TLS clients take the first certificate and the first key of a file. @returns one sentence that says what must come first instead */
export async function whereTheMatchIs(pair: Pair, content: CredentialContent): Promise<string | undefined> {
  const { certificate, others = [], key } = pair;
  if (!certificate || !key || belong(certificate, key)) return undefined;
  const other = others.find((each) => belong(each, key));
  const certificates = content.parts.certificate;
  if (other && certificates)
    return `Another certificate in ${certificates.place}, ${other.subject.text} with the serial number ${other.serial}, belongs to this key and must come first in the file.`;
  const keys = content.parts.privateKey;
  if (!keys?.bytes) return undefined;
  const fits = (await privateKeysIn(keys.bytes, content.passphrase)).find((each) => belong(certificate, each.key));
  return fits && `Block ${fits.block} of ${keys.place} is the key of this certificate and must come first in the file.`;
}

const belong = ({ publicKey }: Certificate, key: DeployedKey): boolean =>
  Buffer.compare(publicKey.spki, key.publicKey.spki) === 0;
