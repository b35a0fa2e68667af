import type { Secret } from '../../config/index.ts';
import { type Certificate, DerError, MalformedCertificateError, parseCertificate } from '../../x509/index.ts';
import { formOf } from '../form.ts';
import type { DeployedKey } from '../key-handle.ts';
import { KeyProblem } from '../private-key.ts';
import type { KeystoreContent } from './content.ts';
import { readJks } from './jks.ts';
import { readPkcs12 } from './pkcs12.ts';

export interface Keystore {
  readonly key?: DeployedKey;
  readonly certificate?: Certificate;
  /** The others, in the keystore's order. */
  readonly others: readonly Certificate[];
  readonly problems: readonly {
    readonly code: 'keystore_malformed' | 'passphrase_missing' | 'passphrase_wrong';
    readonly message: string;
  }[];
}

/** Never throws for what the bytes hold. Messages continue a sentence that begins with the place. */
export async function readKeystore(bytes: Buffer, passphrase: Secret | undefined): Promise<Keystore> {
  try {
    const form = formOf(bytes);
    if (form.kind === 'der') return sorted(await readPkcs12(form.bytes, passphrase));
    if (form.kind === 'jks') return sorted(readJks(form.bytes, passphrase));
    const reason =
      form.kind === 'pem' ? 'it holds PEM: configure its parts instead of `keystore`' : 'it is neither PKCS#12 nor JKS';
    return failed('keystore_malformed', reason);
  } catch (error) {
    if (error instanceof DerError) return failed('keystore_malformed', error.message);
    if (!(error instanceof KeyProblem)) throw error;
    return failed(error.code === 'private_key_malformed' ? 'keystore_malformed' : error.code, error.message);
  }
}

const failed = (code: Keystore['problems'][number]['code'], message: string): Keystore => ({
  others: [],
  problems: [{ code, message }],
});

function sorted({ key, certificates }: KeystoreContent): Keystore {
  const problems: { code: 'keystore_malformed'; message: string }[] = [];
  const report = (message: string) => problems.push({ code: 'keystore_malformed', message });
  const parsed = certificates.flatMap((der, index) => {
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (!(error instanceof MalformedCertificateError)) throw error;
      report(`certificate ${index + 1}: ${error.message}`);
      return [];
    }
  });
  if (!key) report('it holds no private key');
  // The key tells which certificate is the client's; the order in a keystore is its tool's. Without a match the first, so that it can be said.
  const certificate = key
    ? (parsed.find(({ publicKey }) => sameBytes(publicKey.spki, key.publicKey.spki)) ?? parsed[0])
    : undefined;
  if (key && !certificate) report('it holds no certificate');
  const others = parsed.filter((each) => each !== certificate);
  return { others, problems, ...(key && { key }), ...(certificate && { certificate }) };
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
