import { describe, expect, test } from 'vitest';
import { gathered } from '../../src/cli/gathered.ts';
import { say } from '../../src/text/index.ts';

const line = (text: string | number) => say`${text};`;

describe('lines of a log', () => {
  const written: string[] = [];
  const lines = gathered((text) => written.push(text));

  test('that come together are written together, in their order, and a little later', async () => {
    lines.write(line(1));
    lines.write(line(2));
    expect(written).toEqual([]);
    await expect.poll(() => written).toEqual(['1;2;']);
  });

  test('are written at once when they are asked for, and not a second time', async () => {
    written.length = 0;
    lines.write(line(3));
    lines.flush();
    lines.flush();
    expect(written).toEqual(['3;']);
    lines.write(line(4));
    await expect.poll(() => written).toEqual(['3;', '4;']);
  });

  test('do not gather without bound', () => {
    written.length = 0;
    const long = 'x'.repeat(1_000);
    for (let count = 0; count < 200; count += 1) lines.write(line(long));
    expect(written.length).toBeGreaterThanOrEqual(3);
    lines.flush();
    expect(written.join('')).toBe(`${long};`.repeat(200));
  });
});
