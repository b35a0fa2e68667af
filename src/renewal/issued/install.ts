/** `accept --install`: the deployed files replaced by the accepted ones, the previous kept beside them. Only on request, and only for files. */
import { constants, type Stats } from 'node:fs';
import { chown, copyFile, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import type { ResolvedEnvironment, Source } from '../../config/index.ts';
import { MonitorError } from '../../errors/index.ts';
import { readPem } from '../../x509/index.ts';
import type { Accepted } from './prepare.ts';

export interface InstalledFile {
  readonly path: string;
  /** Where the file that was there is kept. */
  readonly previous: string;
}

export type InstallResult = { readonly installed: readonly InstalledFile[] } | { readonly refused: string };

interface Replacement {
  readonly path: string;
  readonly content: Buffer;
}
interface Staged extends InstalledFile {
  readonly staged: string;
}

/**
 * Everything is written beside its target before the first target changes, and what has changed is put back if a later one fails. Between the
 * renames of key and certificate lies a moment in which a reader could see one without the other: no file system swaps two files at once.
 * @param newPassphrase whether the new key opens with another passphrase than the deployed one
 */
export async function installAccepted(
  environment: ResolvedEnvironment,
  accepted: Accepted,
  newPassphrase: boolean,
  now: Date,
): Promise<InstallResult> {
  const { credential } = environment;
  if (credential?.kind !== 'pem') return { refused: 'only PEM files can be replaced, but a keystore is configured' };
  if (newPassphrase) return { refused: 'the new key has a different passphrase from the one the application uses' };
  try {
    const { files } = accepted;
    const all = [
      ...(files.privateKey
        ? [await replacement('credential.private_key', credential.privateKey, files.privateKey)]
        : []),
      await replacement('credential.certificate', credential.certificate, files.certificate),
      await replacement('credential.ca_bundle', credential.caBundle, files.caBundle),
    ];
    if (new Set(all.map(({ path }) => path)).size < all.length)
      return { refused: 'certificate, key and bundle must be separate files' };
    return { installed: await replaceAll(await changed(all), now) };
  } catch (error) {
    if (error instanceof NotInstallableError) return { refused: error.message };
    if (error instanceof Error && 'syscall' in error) return { refused: `nothing was replaced: ${error.message}` };
    throw error;
  }
}

class NotInstallableError extends MonitorError {
  override readonly code = 'ERR_NOT_INSTALLABLE';
}

async function replacement(setting: string, source: Source, file: string): Promise<Replacement> {
  if (source.kind !== 'file') throw new NotInstallableError(`${setting} is not a file, so there is nothing to replace`);
  // Through symbolic links to the file itself, so that a link stays one.
  const path = await realpath(source.path);
  const blocks = readPem((await readFile(path)).toString('latin1'));
  if (blocks.length === 0)
    throw new NotInstallableError(`${source.path} is not PEM, so the application that reads it may not accept PEM`);
  const labels = blocks.map(({ label }) => (label.endsWith('PRIVATE KEY') ? 'key' : 'certificate'));
  const mixed = new Set(labels).size > 1;
  if (mixed || (setting === 'credential.certificate' && labels.length > 1))
    throw new NotInstallableError(`${source.path} contains more than one item; put the new ones in by hand`);
  return { path, content: await readFile(file) };
}

async function changed(all: readonly Replacement[]): Promise<Replacement[]> {
  const differs = await Promise.all(all.map(async ({ path, content }) => !content.equals(await readFile(path))));
  return all.filter((_, index) => differs[index]);
}

async function replaceAll(replacements: readonly Replacement[], now: Date): Promise<InstalledFile[]> {
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  const staged: Staged[] = [];
  const swapped: Staged[] = [];
  try {
    for (const each of replacements) staged.push(await stage(each, stamp));
    for (const each of staged) {
      await rename(each.staged, each.path);
      swapped.push(each);
    }
  } catch (error) {
    for (const each of swapped) await putBack(each);
    await Promise.all(staged.map(({ previous }) => rm(previous, { force: true })));
    throw error;
  } finally {
    await Promise.all(staged.map((each) => rm(each.staged, { force: true })));
  }
  return staged.map(({ path, previous }) => ({ path, previous }));
}

async function stage({ path, content }: Replacement, stamp: string): Promise<Staged> {
  const [staged, previous] = [`${path}.new-${stamp}`, `${path}.previous-${stamp}`];
  await copyFile(path, previous, constants.COPYFILE_EXCL);
  try {
    await writeLike(await stat(path), staged, content);
  } catch (error) {
    await Promise.all([rm(staged, { force: true }), rm(previous, { force: true })]);
    throw error;
  }
  return { path, staged, previous };
}

/** With the owner and mode that its reader needs. */
async function writeLike({ uid, gid, mode }: Stats, path: string, content: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    const now = await handle.stat();
    if (now.uid !== uid || now.gid !== gid) await chown(path, uid, gid);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function putBack({ path, previous }: Staged): Promise<void> {
  const copy = `${path}.back`;
  await copyFile(previous, copy);
  await rename(copy, path);
}
