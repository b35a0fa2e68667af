import { afterEach, describe, expect, test } from 'vitest';
import { createMailer } from '../../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { parseReply, wordsOf } from '../../../src/renewal/mail/server-words.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { Untrusted } from '../../../src/text/untrusted.ts';
import { type Moment, startScriptedServer } from '../../support/renewal/mail-server.ts';
import { environmentOf, from, now, requestFor } from '../../support/renewal/samples.ts';

const planted = 'pläntéd-Pässwörd-4711';
const secret = new Secret(planted);
const words = (text: string) => wordsOf(new Untrusted(text), secret);

describe('a reply', () => {
  test('words: are one line, without the codes of its later lines', () => {
    expect(words('550-5.7.1 we do not\n550-5.7.1 know\n550 5.7.1 you')).toBe(
      '550 5.7.1 we do not 5.7.1 know 5.7.1 you',
    );
  });

  test('words: hold no control and no mark that turns text round, and come to an end', () => {
    expect(words('554 no\u001b[2J\u202eevil\u0085\u2028x')).toBe('554 no\\u{1b}[2J\\u{202e}evil\\u{85} x');
    expect(words(`554 ${'x'.repeat(100_000)}`)).toHaveLength(301);
  });

  test('words: what does not begin as a reply does is not shown', () => {
    for (const text of ['what?', '', '55 no', '5500 no', planted])
      expect(words(text)).toMatch(/^something that is not/);
  });

  test.each([
    ['550', 550, '550'],
    ['550 no', 550, '550'],
    ['550-5.7.1 no', 550, '550 5.7.1'],
    ['550 5.7.1', 550, '550 5.7.1'],
    ['550 5.7.1no', 550, '550'],
    ['550 9.7.1 no', 550, '550'],
  ])('words: %s has its code and its enhanced status code', (text, code, status) => {
    expect(parseReply(text)).toEqual({ code, status });
  });
});

const hex = (text: string) => Buffer.from(text).toString('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const encodings: readonly [how: string, echo: string][] = [
  ['as it is', planted],
  ['in capitals', planted.toUpperCase()],
  ['in another normal form', planted.normalize('NFD')],
  ['with spaces between', [...planted].join(' ')],
  ['folded', `${planted.slice(0, 9)}\r\n535-${planted.slice(9)}`.replaceAll('\r\n', '\n')],
  ['in hexadecimal', hex(planted)],
  ['in hexadecimal with colons', hex(planted).replace(/(..)(?=.)/g, '$1:')],
  ['in capital hexadecimal among other digits', `0f${hex(planted).toUpperCase()}a`],
  ['in base64', base64(planted)],
  ['in base64 as AUTH PLAIN has it', base64(`\0monitor\0${planted}`)],
  ['in base64 at another offset', base64(`x${planted}`)],
  ['in base64 for URLs', Buffer.from(planted).toString('base64url')],
  ['in folded base64', base64(planted).replace(/(.{7})/g, '$1 ')],
  ['in percent signs', encodeURIComponent(planted)],
  ['in quoted-printable', planted.replace(/[^a-z]/gi, (letter) => hex(letter).toUpperCase().replace(/(..)/g, '=$1'))],
  ['in xtext', planted.replace(/[^a-z]/gi, (letter) => hex(letter).toUpperCase().replace(/(..)/g, '+$1'))],
  ['in character references', planted.replace(/[^a-z]/gi, (letter) => `&#${letter.codePointAt(0)};`)],
  [
    'in JSON escapes',
    planted.replace(/[^a-z]/gi, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  ['in hexadecimal of base64', hex(base64(planted))],
  ['in part', `it begins with ${planted.slice(0, 8)}`],
];

describe('a password that a server repeats', () => {
  test.each(encodings)('words: %s is not shown, the code is', (_, echo) => {
    expect(words(`550 5.7.1 not ${echo} here`)).toBe('550 5.7.1 (text withheld because it contains the password)');
  });

  test('words: a reply without it is shown, and so is any when there is no password', () => {
    const plain = '550 5.7.1 <desk@example.org>: relay access denied; see https://example.org/a?b=c%20d or 0xdeadbeef';
    expect(words(plain)).toBe(plain);
    expect(wordsOf(new Untrusted(`550 ${planted}`), undefined)).toBe(`550 ${planted}`);
  });

  test('words: a password of a whole mebibyte is looked for without end neither in time nor in memory', () => {
    const long = new Secret('0123456789abcdef'.repeat(65_536));
    expect(wordsOf(new Untrusted('550 no such user'), long)).toBe('550 no such user');
    expect(wordsOf(new Untrusted(`550 ${long.reveal()}`), long)).toMatch(/withheld/);
  });
});

describe('over SMTP', () => {
  let close = async () => {};
  afterEach(() => close());
  const message = renderRequest(requestFor(environmentOf('production')));

  const reasonAt = async (moment: Moment, reply: string) => {
    const server = await startScriptedServer({ [moment]: { reply } });
    close = server.close;
    const password = { kind: 'inline', value: secret } as const;
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'none', username: 'monitor', password } as const;
    const result = await createMailer({ from, smtp }, '/nonexistent', {}).send(message, now);
    expect(result.outcome).not.toBe('sent');
    return JSON.stringify(result);
  };

  test.each(encodings)('words: an AUTH reply with the password %s leaves its codes and no more', async (_, echo) => {
    const said = await reasonAt('AUTH', `535-5.7.8 bad ${echo.replaceAll('\n', '\r\n')}\r\n535 5.7.8 end`);
    expect(said).toContain('refused the login of monitor: 535 5.7.8 (it does not accept this user name and password)"');
  });

  test.each([
    [
      '538 5.7.11 x',
      '538 5.7.11 (it takes this login only over an encrypted connection: set `email.smtp.tls: starttls`)',
    ],
    ['534 5.7.9 x', '534 5.7.9 (it requires a stronger way to log in)'],
    ['454 4.7.0 x', '454 4.7.0 (it cannot check logins at the moment)'],
    ['550 5.7.1 x', '550 5.7.1'],
  ])('words: what the code of an AUTH reply means is said, in our own words: %s', async (reply, words) => {
    expect(await reasonAt('AUTH', `${reply}\r\n`)).toContain(`refused the login of monitor: ${words}"`);
  });

  test('words: a reply that is broken in the middle of the password does not give half of it away', async () => {
    for (const reply of [`235 fine\r\n${planted.slice(0, 7)}\r\n${planted.slice(7)}`, `550 ${planted}`])
      expect(await reasonAt(reply.startsWith('235') ? 'AUTH' : 'MAIL', reply)).not.toMatch(/plänt|swörd/);
  });
});
