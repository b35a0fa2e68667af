/** Makes the whole request before any connection is made: key, CSR, enclosures, message. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ResolvedEnvironment,
  readSecret,
  SourceError,
  type Variables,
  WriteRefusedError,
} from '../../config/index.ts';
import type { DeployedCredential } from '../../credential/index.ts';
import { shortageOf } from '../../shortage/index.ts';
import { escaped, type SafeText, Untrusted } from '../../text/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { isFirst, keyFor } from '../first.ts';
import { renderReview } from '../mail/contact-messages.ts';
import { UnsafeMessageFieldError } from '../mail/header-safety.ts';
import { renderMime } from '../mail/mime.ts';
import {
  type Attachment,
  type CertificateRequest,
  type Message,
  messageIdFor,
  renderRequest,
} from '../mail/request-message.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import { isPresent } from '../store/pending-files.ts';
import type { RenewalRecord, Told } from '../types.ts';
import { chooseCommonName } from './common-name.ts';
import { type DraftedRequest, draftRequest, type RequestKeySource, RequestRefusedError } from './csr.ts';
import { EnclosureRefusedError, readEnclosures } from './enclosures.ts';
import { heldKey } from './pending-key.ts';

export interface DraftInput {
  readonly environment: ResolvedEnvironment;
  /** The one that is to be replaced; absent when the request is for the first. */
  readonly certificate?: Certificate;
  readonly credential?: DeployedCredential;
  /** Sender, `address` or `Name <address>`. */
  readonly from: string;
  readonly env: Variables;
  /** Why a person asks ahead of time, in their own words. */
  readonly reason?: string;
  /** For commands in a message to the contact. */
  readonly configurationFile: string;
  readonly told?: Told;
  /** From an earlier attempt; if absent, it is derived. */
  readonly messageId?: string;
  readonly now: Date;
}

export interface Draft {
  readonly commonName: string;
  readonly request: DraftedRequest;
  /** To the desk, whoever sends it. */
  readonly toDesk: Message;
  /** What the service sends: the same, or in review mode a letter to the contact with it enclosed. */
  readonly message: Message;
}

export type FileNames = Pick<RenewalRecord, 'csrFile' | 'keyFile' | 'keyPlace' | 'messageFile'>;

/** Why there is no draft: something in the configuration or the world is not as required. Anything else is a bug and is rethrown. */
export function whyNotDrafted(error: unknown): SafeText {
  const shortage = shortageOf(error, 'drafting a request');
  if (shortage) throw shortage;
  const known = [RequestRefusedError, EnclosureRefusedError, UnsafeMessageFieldError, SourceError, WriteRefusedError];
  if (known.some((type) => error instanceof type) || (error instanceof Error && 'syscall' in error))
    return escaped((error as Error).message);
  throw error;
}

/**
 * @param earlier a request that was drafted before and never sent: its key and CSR are used again. @throws
 * errors that `whyNotDrafted` explains.
 */
export async function makeDraft(input: DraftInput, earlier?: DraftedRequest): Promise<Draft> {
  const { environment, certificate } = input;
  const choice = chooseCommonName(environment, certificate);
  if ('refused' in choice) throw new RequestRefusedError(choice.refused);
  const { commonName, changes } = choice;
  const enclosures = await requiredEnclosures(input);
  const request = earlier ?? (await draftRequest({ commonName, key: await keySource(input) }));
  const name = changes === undefined ? { commonName } : { commonName, nameChanges: changes };
  return { commonName, request, ...render(input, name, request, enclosures) };
}

type AskedName = Pick<CertificateRequest, 'commonName' | 'nameChanges'>;

function render(input: DraftInput, name: AskedName, { csrPem }: DraftedRequest, enclosures: Attachment[]) {
  const { environment, certificate, configurationFile, from, reason, told, now } = input;
  const key = keyFor(environment, certificate);
  const toDesk = renderRequest({
    environment,
    from,
    ...(certificate ? { certificate } : {}),
    ...name,
    csrPem,
    enclosures,
    messageId: input.messageId ?? messageIdFor(key, 'request', from),
    ...(reason === undefined ? {} : { reason }),
    ...(told ? { told } : {}),
    now,
  });
  const { commonName } = name;
  const replaced = certificate && { serial: certificate.serial, notAfter: certificate.notAfter };
  const record = { ...key, ...replaced, commonName: new Untrusted(commonName) };
  const context = { environment, from, record, configurationFile, now, ...(told ? { told } : {}) };
  const message = environment.renewal.mode === 'send' ? toDesk : renderReview(toDesk, context);
  return { toDesk, message };
}

async function keySource({ environment, certificate, credential, env }: DraftInput): Promise<RequestKeySource> {
  const { key, keyBits } = environment.renewal;
  if (key === 'reuse') {
    if (credential?.privateKey) return { kind: 'reuse', handle: credential.privateKey };
    throw new RequestRefusedError(
      certificate
        ? 'the deployed private key cannot be read, but renewal.key is reuse'
        : 'the private key that is configured (credential.private_key) cannot be read',
    );
  }
  const source = environment.renewal.passphrase ?? environment.credential?.passphrase;
  if (!source)
    throw new RequestRefusedError(
      'a new key must be encrypted: set renewal.passphrase, because the credential has no passphrase',
    );
  return { kind: 'new', bits: keyBits, passphrase: await readSecret(source, env) };
}

function requiredEnclosures({ environment, env }: DraftInput): Promise<Attachment[]> {
  const { enclose, requiresConformanceCertificate } = environment.renewal;
  if (requiresConformanceCertificate && enclose.length === 0)
    throw new RequestRefusedError(
      'the desk rejects a request without the technical conformance certificate: add it to renewal.enclose',
    );
  return readEnclosures(enclose, env);
}

export const requestFileName = 'request.eml';
export const csrFileName = (commonName: string): string => `${commonName}.csr`;

/**
 * Writes key, CSR and the message to the desk to disk, in that order.
 * @param unsent - a person is to send it.
 * @returns their names relative to `directory`'s parent `root`.
 */
export async function writeDraft(
  root: string,
  directory: string,
  draft: Draft,
  { earlier, unsent = false, keepKey }: Written = {},
): Promise<FileNames> {
  const { request, commonName, toDesk } = draft;
  // Named after its public key: if it turns out that an earlier request was sent after all, its key has not been overwritten.
  const keyName = `private_key-${request.spkiSha256.slice(0, 8)}.pem`;
  const newKey = earlier ? undefined : request.encryptedKeyPem;
  const keyPlace = newKey && keepKey ? await keepKey(newKey) : earlier?.keyPlace;
  const keyFile = newKey && !keepKey ? join(directory, keyName) : earlier?.keyFile;
  const csrFile = join(directory, csrFileName(commonName));
  const messageFile = join(directory, requestFileName);
  if (newKey && keyFile) await writeAtomically(join(root, keyFile), newKey);
  await writeAtomically(join(root, csrFile), request.csrPem);
  await writeAtomically(join(root, messageFile), await renderMime(toDesk, { unsent }));
  return { ...(keyFile ? { keyFile } : {}), ...(keyPlace ? { keyPlace } : {}), csrFile, messageFile };
}

interface Written {
  readonly earlier?: FileNames;
  readonly unsent?: boolean;
  /** Keeps the new key somewhere else than on disk. @returns how messages name the place */
  readonly keepKey?: (encryptedKeyPem: string) => Promise<string>;
}

interface EarlierInput extends Pick<DraftInput, 'environment' | 'certificate' | 'env'> {
  readonly record: RenewalRecord;
  /** A person asks now. */
  readonly asked?: object;
}

/** What an earlier attempt drafted and never sent, if it is still what the configuration requires. */
export async function earlierRequest(
  stateDir: string,
  { record, environment, certificate, asked, env }: EarlierInput,
): Promise<DraftedRequest | undefined> {
  const { csrFile, keyFile, keyPlace, spkiSha256 } = record;
  const choice = chooseCommonName(environment, certificate);
  const sameName = 'commonName' in choice && choice.commonName === record.commonName.raw();
  // Which key the first certificate is for was said by whoever asked for it, and not by the configuration.
  const isSettled = isFirst(record) && asked === undefined;
  const sameKind = isSettled || (environment.renewal.key === 'new') === ((keyFile ?? keyPlace) !== undefined);
  if (!csrFile || !spkiSha256 || !sameName || !sameKind) return undefined;
  if (!isPresent(stateDir, csrFile) || !isPresent(stateDir, keyFile)) return undefined;
  if (keyPlace !== undefined) {
    const held = await heldKey(record, environment, env);
    if (held.kind === 'gone') return undefined;
    if (held.kind === 'unknown')
      throw new RequestRefusedError(`the private key of the request cannot be used: ${held.why}`);
  }
  return { csrPem: await readFile(join(stateDir, csrFile), 'utf8'), spkiSha256 };
}
