/**
 * `accept --install`: puts what was accepted where the configuration says: in place of the files, which stay next to the new ones, and as new
 * versions in secret stores. Only on request.
 */
import { readFile } from 'node:fs/promises';
import {
  type CredentialParts,
  isInStore,
  type PreparedWrite,
  prepareWrite,
  type ResolvedEnvironment,
  readContent,
  readSecret,
  SourceError,
  type StoreSource,
  targetOf,
  type Variables,
  WriteRefusedError,
  type WrittenPlace,
} from '../../config/index.ts';
import { withoutPassphrase } from '../../credential/index.ts';
import { type ReplacedFile, type StagedFiles, stageFiles } from '../../files/index.ts';
import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { importChanges, importedPlace } from './certificate-import.ts';
import { type Change, changesFor, type NewPart, NotInstallableError } from './places.ts';
import type { Accepted } from './prepare.ts';

export type InstallResult =
  | {
      readonly installed: readonly ReplacedFile[];
      /** New versions in secret stores. */
      readonly stores: readonly WrittenPlace[];
      /** One command for a shell that puts everything back. Absent if nothing was there before. */
      readonly goBack?: SafeText;
    }
  | { readonly refused: string };

type PemParts = Extract<CredentialParts, { kind: 'pem' }>;

/**
 * All of it or nothing, as far as files and stores allow: everything is prepared before the first place changes, and if a later change fails,
 * earlier ones are undone. Between the changes of key and certificate, a reader can for a moment see one without the other: no file
 * system swaps two files at once, and no store two items. Values of one item change together.
 * @param newPassphrase whether the new key has a different passphrase from the one the application has
 */
export async function installAccepted(
  environment: ResolvedEnvironment,
  accepted: Accepted,
  newPassphrase: boolean,
  env: Variables,
  now: Date,
): Promise<InstallResult> {
  const { parts: target, setting } = targetOf(environment) ?? {};
  if (!target) return { refused: 'no credential is configured' };
  try {
    const place = importedPlace(target);
    if (target.kind === 'keystore' && !place)
      return { refused: 'only PEM can be replaced, but a keystore is configured' };
    const imported = place ? await importChanges(place, accepted, environment, env) : [];
    const pem = await newParts(`${setting}`, target, accepted, env);
    const parts = newPassphrase ? await withKeyAsKept(pem, target, environment, env) : pem;
    return await put([...imported, ...(await changesFor(parts, env))], env, now);
  } catch (error) {
    if (error instanceof NotInstallableError) return { refused: error.message };
    if (error instanceof WriteRefusedError || (error instanceof Error && 'syscall' in error))
      return { refused: `nothing was replaced: ${error.message}` };
    throw error;
  }
}

/** What is not imported as a whole. */
async function newParts(
  setting: string,
  target: CredentialParts,
  { files, keyIn }: Accepted,
  env: Variables,
): Promise<NewPart[]> {
  const sources = target.kind === 'pem' ? target : { caBundle: target.caBundle };
  const part = async (name: NewPart['part'], key: string, file?: string | StoreSource): Promise<NewPart[]> => {
    const source = (sources as Partial<PemParts>)[name];
    if (!source || !file || source.kind === 'azure_certificate') return [];
    const content = typeof file === 'string' ? await readFile(file) : (await readContent(file, env)).bytes;
    return [{ part: name, setting: `${setting}.${key}`, source, content }];
  };
  return [
    ...(await part('privateKey', 'private_key', keyIn ?? files.privateKey)),
    ...(await part('certificate', 'certificate', files.certificate)),
    ...(await part('caBundle', 'ca_bundle', files.caBundle)),
  ];
}

/** Where the application has no passphrase because the store itself encrypts the key, the new one is put there without one too. */
async function withKeyAsKept(
  parts: readonly NewPart[],
  target: CredentialParts,
  { renewal }: ResolvedEnvironment,
  env: Variables,
): Promise<readonly NewPart[]> {
  if (target.kind === 'keystore' || !parts.some(({ part }) => part === 'privateKey')) return parts;
  if (!renewal.passphrase || !(await isKeptWithoutPassphrase(target, env)))
    throw new NotInstallableError('the new key has a different passphrase from the one the application uses');
  const passphrase = await readSecret(renewal.passphrase, env);
  return parts.map((each) =>
    each.part === 'privateKey' ? { ...each, content: withoutPassphrase(each.content, passphrase) } : each,
  );
}

async function isKeptWithoutPassphrase({ passphrase, privateKey }: PemParts, env: Variables): Promise<boolean> {
  if (passphrase || !isInStore(privateKey)) return false;
  try {
    return !(await readContent(privateKey, env)).isPlain;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    // What is made there new will be encrypted.
    return error.isMissing;
  }
}

async function put(changes: readonly Change[], env: Variables, now: Date): Promise<InstallResult> {
  const replacements = changes.flatMap((each) => (each.kind === 'file' ? [each.replacement] : []));
  const puts = changes.flatMap((each) => (each.kind === 'store' ? [each.put] : []));
  const staged = await stageFiles(replacements, now);
  const stores = puts.length === 0 ? undefined : await prepareWrite(puts, env).catch(discarding(staged));
  const committed = await stores?.commit().catch(discarding(staged));
  const installed = await staged.swap().catch(undoing(stores));
  const back = [
    ...(committed?.back ?? []),
    ...installed.flatMap(({ path, previous }) =>
      previous === undefined ? [] : [say`cp -p ${shellWord(previous)} ${shellWord(path)}`],
    ),
  ];
  return { installed, stores: committed?.written ?? [], ...(back.length > 0 && { goBack: inTurn(back) }) };
}

const discarding = (staged: StagedFiles) => async (error: unknown) => {
  await staged.discard();
  throw error;
};

/** The files are as they were. What was written to stores before them is put back too. */
const undoing = (stores: PreparedWrite | undefined) => async (error: unknown) => {
  const failed = (await stores?.undo()) ?? [];
  if (failed.length === 0 || !(error instanceof Error)) throw error;
  throw new NotInstallableError(
    `the files could not be replaced (${error.message}), and what was written before them could not be put back: ${failed.join('; ')}`,
  );
};

/** One command, on several lines. */
const inTurn = (commands: readonly SafeText[]): SafeText =>
  joined(
    commands.map((command, index) => (index === commands.length - 1 ? command : say`${command} &&`)),
    '\n',
  );
