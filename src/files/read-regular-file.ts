import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { shortageOf } from '../shortage/index.ts';
import { DiskTurns } from './disk-turns.ts';

export interface FileContent {
  readonly bytes: Buffer;
  /** Permission bits, as `0o640`. */
  readonly mode: number;
}

export interface FileProblem {
  readonly kind: 'missing' | 'denied' | 'not_regular' | 'too_large' | 'unreadable';
  /** Continues a sentence that begins with the path: `is a directory`. */
  readonly reason: string;
  /** The operating system's code, if it has one: `EACCES`. */
  readonly code?: string;
}

export interface Bound {
  readonly mostBytes: number;
  /** What to do with a longer file: `refuse` (the default) reports a problem, `cut` returns the beginning. */
  readonly longer?: 'refuse' | 'cut';
}

/**
 * The content of a regular file, or the reason why it cannot be read. Never waits for a writer and never uses more memory than the limit, whatever is
 * at the path: a FIFO, `/dev/zero`, a directory, a file that grows while it is read. The open file is what is checked and read, so that
 * it cannot be swapped in between. Symbolic links are followed: Kubernetes mounts secrets behind two of them.
 * @throws {ResourceShortageError} when this process has no file descriptor or memory left to read it with, or when the disk holds up another read.
 * @example
 *     const read = await readRegularFile('ca_bundle.pem', { mostBytes: 1024 * 1024 });
 *     if ('problem' in read) throw new SourceError(`ca_bundle.pem ${read.problem.reason}`);
 */
export function readRegularFile(path: string, bound: Bound): Promise<FileContent | { problem: FileProblem }> {
  return turns.run(path, () => readNow(path, bound));
}

/** Of the whole process, as the threads are. */
const turns = new DiskTurns();

async function readNow(path: string, bound: Bound): Promise<FileContent | { problem: FileProblem }> {
  let handle: FileHandle | undefined;
  try {
    // O_NONBLOCK: opening a FIFO without a writer would wait for ever. O_NOCTTY: do not become the owner of a terminal.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return await readOpened(handle, bound);
  } catch (error) {
    const shortage = shortageOf(error, `reading ${path}`);
    if (shortage) throw shortage;
    const problem = problemOf(error);
    return { problem: problem.kind === 'denied' ? { ...problem, reason: await whoMayRead(path, problem) } : problem };
  } finally {
    await handle?.close();
  }
}

async function readOpened(
  handle: FileHandle,
  { mostBytes, longer = 'refuse' }: Bound,
): Promise<FileContent | { problem: FileProblem }> {
  const facts = await handle.stat();
  if (!facts.isFile()) return { problem: problems[facts.isDirectory() ? 'EISDIR' : 'ENXIO'] };
  if (facts.size > mostBytes && longer === 'refuse') return { problem: tooLarge(mostBytes) };
  const bytes = await readUpTo(handle, mostBytes + 1, facts.size);
  if (bytes.length > mostBytes && longer === 'refuse') return { problem: tooLarge(mostBytes) };
  return { bytes: bytes.subarray(0, mostBytes), mode: facts.mode & 0o777 };
}

/** The stated size is only a hint: a file can grow, and files in /proc report 0. */
async function readUpTo(handle: FileHandle, most: number, statedBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total < most) {
    const wanted = Math.min(most - total, Math.max(4096, statedBytes + 1 - total));
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted);
    if (bytesRead === 0) break;
    total += bytesRead;
    chunks.push(buffer.subarray(0, bytesRead));
    // One byte more was asked for, and was not there.
    if (total === statedBytes) break;
  }
  return Buffer.concat(chunks, total);
}

const tooLarge = (mostBytes: number): FileProblem => ({
  kind: 'too_large',
  reason: `is larger than ${mostBytes / 1024 / 1024} MiB`,
});

const problems = {
  ENOENT: { kind: 'missing', reason: 'does not exist' },
  ENOTDIR: { kind: 'unreadable', reason: 'does not exist: a part of its path is not a directory' },
  EACCES: { kind: 'denied', reason: 'may not be read by this process (permission denied)' },
  EPERM: { kind: 'denied', reason: 'may not be read by this process (operation not permitted)' },
  EISDIR: { kind: 'not_regular', reason: 'is a directory' },
  ENXIO: { kind: 'not_regular', reason: 'is not a regular file' },
  ELOOP: { kind: 'unreadable', reason: 'goes round in symbolic links' },
  ENAMETOOLONG: { kind: 'unreadable', reason: 'is not a path: it is too long' },
  ERR_INVALID_ARG_VALUE: { kind: 'unreadable', reason: 'is not a path' },
  ESTALE: { kind: 'unreadable', reason: 'is on a network file system that has gone away' },
} as const satisfies Readonly<Record<string, FileProblem>>;

/** Whose the file is and who we are: usually that is all there is to know. If not even that may be seen, a folder above it is closed. */
async function whoMayRead(path: string, { reason }: FileProblem): Promise<string> {
  const we = process.geteuid
    ? `this process runs as ${account(process.geteuid())}, group ${process.getegid?.()}`
    : undefined;
  if (!we) return reason;
  try {
    const { gid, mode, uid } = await stat(path);
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    return `${reason}: it belongs to ${account(uid)}, group ${gid}, with mode ${octal}, and ${we}`;
  } catch {
    return `${reason}: ${we}, and may not enter the folder`;
  }
}

/** `root (uid 0)`, or the number alone: names are not looked up, because that could ask a directory server. */
const account = (uid: number): string => (uid === 0 ? 'root (uid 0)' : `uid ${uid}`);

/** @throws the error itself if it has no code, which is a bug. */
function problemOf(error: unknown): FileProblem {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const code = String(error.code);
  const known: FileProblem | undefined = problems[code as keyof typeof problems];
  return { ...(known ?? { kind: 'unreadable', reason: `cannot be read (${code})` }), code };
}
