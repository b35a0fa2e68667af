/** A certificate in Key Vault is imported as a whole: with its key and the CA certificates, as PKCS#12 or PEM, whichever it is now. */
import { readFile } from 'node:fs/promises';
import {
  type CredentialParts,
  type ResolvedEnvironment,
  readContent,
  readSecret,
  refreshSources,
  type Source,
  type StoreSource,
  sourceLabel,
  type Variables,
} from '../../config/index.ts';
import { type DeployedCredential, keystoreLike, readCredential } from '../../credential/index.ts';
import { parseCertificate, readPem } from '../../x509/index.ts';
import { type Change, contentAt, NotInstallableError } from './places.ts';
import type { Accepted } from './prepare.ts';

export type ImportedSource = Extract<StoreSource, { kind: 'azure_secret' | 'azure_certificate' }>;

/**
 * The certificate in Key Vault that the configuration names, as a keystore or at both `certificate` and `private_key`. Undefined: none.
 * @throws {NotInstallableError} if only a part of a certificate is named
 */
export function importedPlace(target: CredentialParts): ImportedSource | undefined {
  if (target.kind === 'keystore') return isImported(target.keystore) ? target.keystore : undefined;
  const { certificate, privateKey, caBundle } = target;
  const named = [certificate, privateKey, caBundle].filter(isImported);
  const [first] = named;
  if (!first) return undefined;
  const label = sourceLabel(first);
  const isWhole = sourceLabel(certificate) === label && sourceLabel(privateKey) === label;
  if (!isWhole || named.some((each) => sourceLabel(each) !== label))
    throw new NotInstallableError(
      `${label} can only be imported together with its key: name it at both certificate and private_key, or at keystore`,
    );
  return first;
}

const isImported = (source: Source): source is ImportedSource => source.kind === 'azure_certificate';

/** None if the certificate is there already. @throws {NotInstallableError} */
export async function importChanges(
  place: ImportedSource,
  accepted: Accepted,
  environment: ResolvedEnvironment,
  env: Variables,
): Promise<Change[]> {
  await refreshSources([[place]], env);
  const before = await contentAt(place, env);
  if (before && holds(await readCredential({ keystore: place }, env), accepted)) return [];
  const key = await newKey(accepted, environment, env);
  const certificates = [accepted.certificate, ...(await certificatesIn(accepted.files.caBundle))] as const;
  const content = await keystoreLike(before, { certificates, ...(key && { key }) });
  if (!content)
    throw new NotInstallableError(
      `${sourceLabel(place)} is imported with its key, and neither the request nor the vault has the one of the new certificate`,
    );
  return [{ kind: 'store', put: { source: place, content } }];
}

const holds = ({ certificate }: DeployedCredential, accepted: Accepted): boolean =>
  certificate?.fingerprintSha256 === accepted.certificate.fingerprintSha256;

async function newKey({ files, keyIn }: Accepted, { renewal, credential }: ResolvedEnvironment, env: Variables) {
  if (!keyIn && files.privateKey === undefined) return undefined;
  const pem = keyIn ? (await readContent(keyIn, env)).bytes : await readFile(`${files.privateKey}`);
  const passphrase = renewal.passphrase ?? credential?.passphrase;
  return { pem, ...(passphrase && { passphrase: await readSecret(passphrase, env) }) };
}

const certificatesIn = async (file: string) =>
  readPem(await readFile(file, 'latin1')).flatMap(({ bytes }) => (bytes ? [parseCertificate(bytes)] : []));
