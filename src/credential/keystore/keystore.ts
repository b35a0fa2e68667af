import type { Secret } from '../../config/index.ts';
import {
  type Certificate,
  DerError,
  MalformedCertificateError,
  type PemBlock,
  parseCertificate,
} from '../../x509/index.ts';
import { isCertificateLabel, withinLimits } from '../certificates.ts';
import { formOf } from '../form/form.ts';
import { kindOfDer } from '../form/other-formats.ts';
import type { DeployedKey } from '../key-handle.ts';
import { PrivateKeyError, readPrivateKey } from '../private-key.ts';
import { type Chosen, choose } from './choose.ts';
import type { KeystoreContent, KeystoreProblem, KeystoreProblemCode } from './content.ts';
import { readJks } from './jks.ts';
import { readPkcs12 } from './pkcs12.ts';

export interface Keystore {
  readonly key?: DeployedKey;
  readonly certificate?: Certificate;
  /** The other certificates, in the keystore's order, without those that belong to other keys. */
  readonly others: readonly Certificate[];
  readonly problems: readonly KeystoreProblem[];
}

/**
 * Never throws because of the content.
 * @param options.alias which key entry to check. Default: the only one, or if there are several, the one whose certificate expires first
 * @param options.orPem whether PEM with key and certificates is a keystore too, as from Azure Key Vault; no Java application could load it
 */
export async function readKeystore(
  bytes: Buffer,
  passphrase: Secret | undefined,
  { alias, orPem = false }: { readonly alias?: string | undefined; readonly orPem?: boolean } = {},
): Promise<Keystore> {
  try {
    const form = formOf(bytes);
    if (form.kind === 'pem' && orPem) return sorted(await readPemStore(bytes, form.blocks, passphrase), alias);
    if (form.kind === 'jks') return sorted(await readJks(form.bytes, passphrase), alias);
    if (form.kind !== 'der')
      return failed('keystore_malformed', whyNone(form.kind === 'none' ? form.reason : form.kind));
    if (kindOfDer(form.bytes) === 'pkcs7')
      return failed('keystore_malformed', 'it is PKCS#7, which contains certificates but never a private key');
    return sorted(await readPkcs12(form.bytes, passphrase), alias);
  } catch (error) {
    if (error instanceof DerError) return failed(codeOf(error), error.message);
    if (!(error instanceof PrivateKeyError)) throw error;
    return failed(error.finding === 'private_key_malformed' ? 'keystore_malformed' : error.finding, error.message);
  }
}

async function readPemStore(
  bytes: Buffer,
  blocks: readonly PemBlock[],
  passphrase: Secret | undefined,
): Promise<KeystoreContent> {
  const certificates = blocks.flatMap((block) => (isCertificateLabel(block.label) && block.bytes ? [block.bytes] : []));
  return { entries: [{ key: await readPrivateKey(bytes, passphrase), chain: [] }], certificates };
}

const codeOf = ({ overLimit }: { readonly overLimit: boolean }): KeystoreProblemCode =>
  overLimit ? 'input_over_limit' : 'keystore_malformed';

function whyNone(found: string): string {
  if (found === 'pem') return 'it contains PEM: configure its parts instead of `keystore`';
  // If it was recognised as something else, keep that reason.
  return found.startsWith('it is a') ? found : 'it is neither PKCS#12 nor JKS';
}

const noKey: KeystoreProblem = { code: 'keystore_malformed', message: 'it does not contain a private key' };
const truststore: KeystoreProblem = {
  code: 'keystore_malformed',
  message: 'it is a truststore: it contains certificates but no private key',
  remedy:
    'Configure the keystore that contains the client’s private key. The CA certificates of a truststore can be exported for `ca_bundle` with `keytool -list -rfc -keystore FILE`.',
};

const failed = (code: KeystoreProblemCode, message: string): Keystore => ({
  others: [],
  problems: [{ code, message }],
});

function sorted(content: KeystoreContent, alias: string | undefined): Keystore {
  const problems: KeystoreProblem[] = [];
  const report = (message: string, code: KeystoreProblemCode = 'keystore_malformed') =>
    problems.push({ code, message });
  const parsed = new Map<Uint8Array, Certificate>();
  for (const [index, der] of content.certificates.entries()) {
    try {
      parsed.set(der, parseCertificate(der));
    } catch (error) {
      if (!(error instanceof MalformedCertificateError)) throw error;
      report(`certificate ${index + 1}: ${error.message}`, codeOf(error));
    }
  }
  const kept = withinLimits([...parsed.values()]);
  for (const excess of kept.excess ?? []) report(excess, 'input_over_limit');
  for (const [der, each] of parsed) if (!kept.entries.includes(each)) parsed.delete(der);
  if (content.entries.length === 0) problems.push(parsed.size > 0 ? truststore : noKey);
  const chosen: Chosen = choose(content.entries, parsed, alias);
  problems.push(...chosen.problems);
  const { key, certificate, foreign } = chosen;
  if (key && !certificate) report('it does not contain a certificate');
  const others = [...parsed.values()].filter((each) => each !== certificate && !foreign.has(each));
  return { others, problems, ...(key && { key }), ...(certificate && { certificate }) };
}
