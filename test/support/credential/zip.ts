/** Zip archives for tests (APPNOTE.TXT 4.3), with what a hostile one lies about. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly deflate?: boolean;
  /** What the directory says in place of the truth. */
  readonly claims?: {
    readonly bytes?: number;
    readonly crc?: number;
    readonly method?: number;
    readonly flags?: number;
    readonly localAt?: number;
  };
}

export function zipOf(files: readonly ZipFile[], { comment = '', count = files.length } = {}): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, content, deflate = false, claims = {} } of files) {
    const bytes = Buffer.from(content as Uint8Array);
    const packed = deflate ? deflateRawSync(bytes) : bytes;
    const method = claims.method ?? (deflate ? 8 : 0);
    const [crc, size] = [claims.crc ?? crc32(bytes), claims.bytes ?? bytes.length];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(claims.flags ?? 0, 2);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc, 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(size, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from(name), packed]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(claims.localAt ?? at, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, more, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(Buffer.concat(entries).length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(Buffer.byteLength(comment), 16);
  return Buffer.concat([...locals, ...entries, Buffer.from('PK\x05\x06', 'latin1'), end, Buffer.from(comment)]);
}
