/** `accept --install`: replaces the deployed files with the accepted ones and keeps the previous ones next to them. Only on request, and only for files. */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolvedEnvironment, Source } from '../../config/index.ts';
import { MonitorError } from '../../errors/index.ts';
import { type ReplacedFile, type Replacement, replaceFiles } from '../../files/index.ts';
import { readPem } from '../../x509/index.ts';
import type { Accepted } from './prepare.ts';

export type InstallResult = { readonly installed: readonly ReplacedFile[] } | { readonly refused: string };

/**
 * Everything is written next to its target before the first target changes, and if a later change fails, earlier ones are undone. Between the
 * renames of key and certificate, a reader can for a moment see one without the other: no file system swaps two files at once.
 * @param newPassphrase whether the new key has a different passphrase from the deployed one
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
    return { installed: await replaceFiles(await changed(all), now) };
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
  // Follows symbolic links to the file itself, so that a link remains a link.
  const path = await realpath(source.path).catch(unlessMissing);
  const content = await readFile(file);
  if (path === undefined) return newFile(source.path, content, setting);
  const blocks = readPem((await readFile(path)).toString('latin1'));
  if (blocks.length === 0)
    throw new NotInstallableError(`${source.path} is not PEM, so the application that reads it may not accept PEM`);
  const labels = blocks.map(({ label }) => (label.endsWith('PRIVATE KEY') ? 'key' : 'certificate'));
  const mixed = new Set(labels).size > 1;
  if (mixed || (setting === 'credential.certificate' && labels.length > 1))
    throw new NotInstallableError(`${source.path} contains more than one item; put the new ones in by hand`);
  return { path, content };
}

/** The first certificate: there is nothing to replace, and the folder may be missing too. */
async function newFile(path: string, content: Buffer, setting: string): Promise<Replacement> {
  await mkdir(dirname(path), { recursive: true });
  return { path, content, mode: setting === 'credential.private_key' ? 0o600 : 0o644 };
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

async function changed(all: readonly Replacement[]): Promise<Replacement[]> {
  const differs = await Promise.all(
    all.map(async ({ path, content }) => {
      const before = await readFile(path).catch(unlessMissing);
      return !before?.equals(content);
    }),
  );
  return all.filter((_, index) => differs[index]);
}
