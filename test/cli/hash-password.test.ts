import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { parsePasswordHash } from '../../src/config/password-hash.ts';
import { verifyPassword } from '../../src/web/access/password.ts';
import { main } from '../support/service-process.ts';

async function hashFrom(input: string) {
  const child = spawn(process.execPath, [main, 'hash-password'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { stdout, stderr, code: code as number };
}
const isHashOf = (hash: string, password: string) => verifyPassword(password, parsePasswordHash(hash.trim())!);

describe('hash-password', () => {
  test.each(['planted-pass:wörd-6T\n', 'planted-pass:wörd-6T\r\n', 'planted-pass:wörd-6T'])(
    'prints the hash of what stands on standard input (%j), and nothing of it',
    async (input) => {
      const { stdout, stderr, code } = await hashFrom(input);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await isHashOf(stdout, 'planted-pass:wörd-6T')).toBe(true);
      expect(await isHashOf(stdout, 'planted-pass:wörd-6')).toBe(false);
      expect(stdout).not.toContain('planted');
    },
  );

  test.each([
    ['nothing', '', /is empty/],
    ['an empty line', '\n', /is empty/],
    ['two lines', 'one\ntwo\n', /line break/],
    ['a tab', 'tab\there', /control character/],
    ['a file', 'x'.repeat(5000), /longer than 4096 bytes/],
  ])('refuses %s with 3', async (_, input, sentence) => {
    const { stdout, stderr, code } = await hashFrom(input);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('hash-password at a terminal', () => {
  /** What a person at a terminal sees who types these lines. */
  async function typing(...lines: string[]): Promise<string> {
    const command = `'${process.execPath}' '${main}' hash-password`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk;
    });
    for (const [index, line] of lines.entries()) {
      const prompt = index === 0 ? 'Password: ' : 'Password again: ';
      await expect.poll(() => seen).toContain(prompt);
      child.stdin.write(`${line}\r`);
    }
    await once(child, 'exit');
    return seen;
  }

  test('asks twice, and shows nothing of what is typed', async () => {
    const seen = await typing('planted-typed-7U', 'planted-typed-7U');
    expect(seen).not.toContain('planted');
    const hash = /\$[!-~]+/.exec(seen)?.[0] ?? '';
    expect(await isHashOf(hash, 'planted-typed-7U')).toBe(true);
  });

  test('makes nothing when the second is another', async () => {
    const seen = await typing('planted-typed-7U', 'planted-typed-7V');
    expect(seen).toContain('error: the two entries differ');
    expect(seen).not.toMatch(/planted|\$argon2id|\$scrypt/);
  });
});
