/** Pictures of a page have few colours: one byte a pixel takes a third of what three take. */
import { crc32, deflateSync } from 'node:zlib';
import type { PNG } from 'pngjs';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** PNG (ISO/IEC 15948) with a palette. @throws {Error} if there are more than 256 colours. */
export function indexedPng({ width, height, data }: Pick<PNG, 'width' | 'height' | 'data'>): Buffer {
  const palette = new Map<number, number>();
  // Each row begins with its filter: none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const colour = data.readUIntBE((y * width + x) * 4, 3);
      const index = palette.get(colour) ?? palette.size;
      palette.set(colour, index);
      rows[y * (width + 1) + 1 + x] = index;
    }
  if (palette.size > 256) throw new Error(`the picture has ${palette.size} colours`);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a pixel, of the palette.
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.size * 3);
  for (const [colour, index] of palette) colours.writeUIntBE(colour, index * 3, 3);
  const chunks = [chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
