import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gzipHead, gzipPart, gzipTail } from '../../src/gzip/parts.ts';

describe('gzip from parts', () => {
  const whole = (texts: readonly string[]) => {
    const parts = texts.map((text) => gzipPart(text));
    return Buffer.concat([gzipHead, ...parts.map(({ deflated }) => deflated), gzipTail(parts)]);
  };

  test('joins to the text of all parts, with its checksum', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2_000 }).map((each) => each.toWellFormed());
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        expect(gunzipSync(whole(texts)).toString()).toBe(texts.join(''));
      }),
      { seed: 20260302 },
    );
  });

  test('is one member that another program reads to its end', () => {
    const bytes = whole(['first\n', 'second\n'.repeat(10_000), '', 'last\n']);
    const { stdout, status, stderr } = spawnSync('gzip', ['-dc'], { input: bytes });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    expect(stdout.toString()).toBe(`first\n${'second\n'.repeat(10_000)}last\n`);
  });

  test('a part keeps no more memory than its bytes', () => {
    const { deflated } = gzipPart('some text\n');
    expect(deflated.buffer.byteLength).toBe(deflated.length);
  });

  test('a part that was changed afterwards is noticed', () => {
    const parts = ['one', 'two'].map((text) => gzipPart(text));
    const swapped = [parts[1]!, parts[0]!];
    const bytes = Buffer.concat([gzipHead, ...swapped.map(({ deflated }) => deflated), gzipTail(parts)]);
    expect(() => gunzipSync(bytes)).toThrow(/incorrect data check/);
  });
});
