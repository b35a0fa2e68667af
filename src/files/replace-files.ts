/** Replaces files all together or not at all, and keeps the previous ones next to them. */
import type { Stats } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { giveToFolder } from './folder-owner.ts';

export interface Replacement {
  readonly path: string;
  readonly content: Buffer;
  /** Of a file that does not exist yet, which belongs to whom its folder belongs to; one that does keeps its own. Default: 0600. */
  readonly mode?: number;
}

export interface ReplacedFile {
  readonly path: string;
  /** Where the file that was there is kept; absent if there was none. */
  readonly previous?: string;
}

interface Staged extends ReplacedFile {
  readonly staged: string;
}

/** Everything is written next to its target, and no target has changed yet. One of the two has to be called. */
export interface StagedFiles {
  /** @throws {Error} of the file system; then every target is as it was. */
  swap(): Promise<ReplacedFile[]>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/**
 * Writes every file next to its target before the first target changes, and puts back what has changed if a later one fails. The previous
 * file stays as `NAME.previous-TIME`.
 * @throws {Error} of the file system; then every target is as it was.
 * @example
 * await replaceFiles([{ path: '/etc/mesh/ca_bundle.pem', content: Buffer.from(pem) }], new Date());
 */
export async function replaceFiles(replacements: readonly Replacement[], now: Date): Promise<ReplacedFile[]> {
  return (await stageFiles(replacements, now)).swap();
}

/**
 * The first half of `replaceFiles`, for who has something else to do before the targets change.
 * @throws {Error} of the file system; then nothing is left behind.
 */
export async function stageFiles(replacements: readonly Replacement[], now: Date): Promise<StagedFiles> {
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  const staged: Staged[] = [];
  try {
    for (const each of replacements) staged.push(await stage(each, stamp));
  } catch (error) {
    await discard(staged);
    throw error;
  }
  return { swap: () => swapAll(staged), discard: () => discard(staged) };
}

async function swapAll(staged: readonly Staged[]): Promise<ReplacedFile[]> {
  const swapped: Staged[] = [];
  try {
    for (const each of staged) {
      await rename(each.staged, each.path);
      swapped.push(each);
    }
  } catch (error) {
    for (const each of swapped) await putBack(each);
    await discard(staged);
    throw error;
  }
  return staged.map(({ path, previous }) => ({ path, ...(previous === undefined ? {} : { previous }) }));
}

async function discard(staged: readonly Staged[]): Promise<void> {
  const files = staged.flatMap((each) => [each.staged, ...(each.previous === undefined ? [] : [each.previous])]);
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

async function stage({ path, content, mode = 0o600 }: Replacement, stamp: string): Promise<Staged> {
  const staged = `${path}.new-${stamp}`;
  const before = await read(path);
  if (!before) {
    await writeOrRemove(staged, content, async (handle) => {
      giveToFolder(handle.fd, dirname(path));
      await handle.chmod(mode);
    });
    return { path, staged };
  }
  const previous = `${path}.previous-${stamp}`;
  // With its owner, so that `cp -p` brings back a file that its reader can read.
  await writeOrRemove(previous, before.content, (handle) => asBefore(handle, before.facts));
  try {
    await writeOrRemove(staged, content, (handle) => asBefore(handle, before.facts));
  } catch (error) {
    await rm(previous, { force: true });
    throw error;
  }
  return { path, staged, previous };
}

/**
 * Content and owner of one and the same file: who may write to the folder could put a link to another in between, and would be given what root
 * can read. Undefined if there is nothing. A symbolic link that leads nowhere is not nothing: replacing it would cut a mount off.
 */
async function read(path: string): Promise<{ readonly content: Buffer; readonly facts: Stats } | undefined> {
  let handle: Handle | undefined;
  try {
    handle = await open(path, 'r');
    return { content: await handle.readFile(), facts: await handle.stat() };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing || (await lstat(path).catch(() => undefined))) throw error;
    return undefined;
  } finally {
    await handle?.close();
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function writeOrRemove(path: string, content: Buffer, prepare: (handle: Handle) => Promise<void>) {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await prepare(handle);
    await handle.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/**
 * With the owner and mode that its reader needs. By its handle: who may write to the folder could put a link in its place, and root would give away
 * what that leads to.
 */
async function asBefore(handle: Handle, { uid, gid, mode }: Stats): Promise<void> {
  const now = await handle.stat();
  if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid);
  await handle.chmod(mode & 0o7777);
}

const putBack = ({ path, previous }: Staged): Promise<void> =>
  previous === undefined ? rm(path, { force: true }) : rename(previous, path);
