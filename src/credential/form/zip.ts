/**
 * The files in a zip archive (APPNOTE.TXT 4.3, as ISO/IEC 21320-1 restricts it), as a desk sends them: stored or deflated, few and small.
 * Node inflates; what is left is to find the files.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { limits } from '../../limits/index.ts';

/** `problem` continues a sentence that begins with the place. */
export type ZipReading = { readonly files: readonly Buffer[] } | { readonly problem: string };

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 };
const sizes = { local: 30, central: 46, end: 22 };
const longestComment = 0xffff;

export const isZip = (bytes: Buffer): boolean =>
  bytes.length >= sizes.end && bytes.readUInt32LE(0) === signatures.local;

/** Never throws because of the content. Bounded by `limits`. */
export function filesInZip(archive: Buffer): ZipReading {
  const end = endOf(archive);
  if (end === undefined) return { problem: 'it is a damaged zip archive: its directory is missing' };
  const count = archive.readUInt16LE(end + 10);
  if (count > limits.archiveFiles) return { problem: `it is a zip archive of more than ${limits.archiveFiles} files` };
  const files: Buffer[] = [];
  let left: number = limits.archiveBytes;
  for (let at = archive.readUInt32LE(end + 16), index = 0; index < count; index += 1) {
    const entry = entryAt(archive, at);
    if (!entry) return { problem: 'it is a damaged zip archive: its directory is cut short' };
    at = entry.next;
    if (entry.isFolder) continue;
    const content = contentOf(archive, entry, left);
    if (typeof content === 'string') return { problem: `it is a zip archive ${content}` };
    left -= content.length;
    files.push(content);
  }
  return { files };
}

/** The directory's end is the last thing in the file, before a comment that may be anything. */
function endOf(archive: Buffer): number | undefined {
  const first = Math.max(0, archive.length - sizes.end - longestComment);
  for (let at = archive.length - sizes.end; at >= first; at -= 1)
    if (
      archive.readUInt32LE(at) === signatures.end &&
      at + sizes.end + archive.readUInt16LE(at + 20) === archive.length
    )
      return at;
  return undefined;
}

interface Entry {
  readonly isEncrypted: boolean;
  readonly isFolder: boolean;
  /** 0 is stored, 8 is deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly localAt: number;
  readonly next: number;
}

function entryAt(archive: Buffer, at: number): Entry | undefined {
  if (at + sizes.central > archive.length || archive.readUInt32LE(at) !== signatures.central) return undefined;
  const nameBytes = archive.readUInt16LE(at + 28);
  const next = at + sizes.central + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  if (next > archive.length) return undefined;
  return {
    isEncrypted: (archive.readUInt16LE(at + 8) & 1) === 1,
    isFolder: archive[at + sizes.central + nameBytes - 1] === '/'.charCodeAt(0),
    method: archive.readUInt16LE(at + 10),
    crc: archive.readUInt32LE(at + 16),
    packedBytes: archive.readUInt32LE(at + 20),
    bytes: archive.readUInt32LE(at + 24),
    localAt: archive.readUInt32LE(at + 42),
    next,
  };
}

/** @returns what is wrong, continuing “it is a zip archive”. */
function contentOf(archive: Buffer, entry: Entry, most: number): Buffer | string {
  const { isEncrypted, method, crc, packedBytes, bytes, localAt } = entry;
  if (isEncrypted) return 'with a password: unpack it, and use the files in it';
  if (method !== 0 && method !== 8) return 'packed in an unusual way: unpack it, and use the files in it';
  if (bytes > most) return 'that is larger than 1 MiB once it is unpacked';
  if (localAt + sizes.local > archive.length || archive.readUInt32LE(localAt) !== signatures.local) return damaged;
  const from = localAt + sizes.local + archive.readUInt16LE(localAt + 26) + archive.readUInt16LE(localAt + 28);
  if (from + packedBytes > archive.length) return damaged;
  const packed = archive.subarray(from, from + packedBytes);
  const content = method === 0 ? packed : inflated(packed, bytes);
  return content?.length === bytes && crc32(content) === crc ? content : damaged;
}

const damaged = 'that is damaged';

/** Node stops at the stated size: what unpacks to more is not what it says. */
function inflated(packed: Buffer, bytes: number): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
