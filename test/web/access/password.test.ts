import { describe, expect, test } from 'vitest';
import { parsePasswordHash } from '../../../src/config/password-hash.ts';
import { hashPassword, verifyPassword } from '../../../src/web/access/password.ts';

const verify = (password: string, hash: string) => verifyPassword(password, parsePasswordHash(hash)!);

describe('a hash that another program made', () => {
  // The test vectors of https://github.com/P-H-C/phc-winner-argon2 (test.c) and of passlib’s documentation of its scrypt format.
  test.each([
    ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    ['password', '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'],
    ['password', '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'],
  ])('of %s is right for it, and for nothing else', async (password, hash) => {
    expect(await verify(password, hash)).toBe(true);
    expect(await verify(`${password} `, hash)).toBe(false);
    expect(await verify('', hash)).toBe(false);
  });
});

describe('a hash of ours', () => {
  test.each(['argon2id', 'scrypt'] as const)('by %s is right for its password alone', async (scheme) => {
    const hash = await hashPassword('pass:wörd', scheme);
    expect(hash).toMatch(new RegExp(`^\\$${scheme}\\$[!-~]+$`));
    expect(hash).not.toContain('wörd');
    expect(await verify('pass:wörd', hash)).toBe(true);
    expect(await verify('pass:word', hash)).toBe(false);
  });

  test('is another one every time', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
  });
});

describe('what is no hash that we work with', () => {
  const argon2id = (parameters: string, salt = 'c29tZXNhbHQ') =>
    `$argon2id$v=19$${parameters}$${salt}$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc`;
  const scrypt = (parameters: string) =>
    `$scrypt$${parameters}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc`;

  test.each([
    'hunter2',
    '',
    '$2y$10$abcdefghijklmnopqrstuu',
    argon2id('m=65536,t=2,p=1').replace('argon2id', 'argon2i'),
    argon2id('m=65536,t=2,p=1').replace('v=19', 'v=16'),
    argon2id('m=262145,t=2,p=1'),
    argon2id('m=65536,t=21,p=1'),
    argon2id('m=65536,t=2,p=9'),
    argon2id('m=7,t=2,p=1'),
    argon2id('m=65536,t=0,p=1'),
    argon2id('m=65536,t=2,p=1', 'c2hvcnQ'),
    scrypt('ln=19,r=8,p=1'),
    scrypt('ln=0,r=8,p=1'),
    scrypt('ln=15,r=8,p=0'),
    `${scrypt('ln=15,r=8,p=1')}\nmore`,
  ])('%s', (text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
  });

  test.each([argon2id('m=262144,t=20,p=8'), scrypt('ln=18,r=8,p=8')])('but the most costly is: %s', (text) => {
    expect(parsePasswordHash(text)).toBeDefined();
  });
});
