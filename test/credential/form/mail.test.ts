import PostalMime from 'postal-mime';
import { expect, test, vi } from 'vitest';
import { partsOfMail } from '../../../src/credential/form/mail.ts';

const message = (...head: string[]) => Buffer.from([...head, '', 'In the text.', ''].join('\r\n'));
const texts = async (mail: Buffer) => (await partsOfMail(mail)).map((part) => part.toString().trim());

test('only the header fields that say how to read the body reach the parser, whose work on addresses grows with the square of their number', async () => {
  const parse = vi.spyOn(PostalMime, 'parse');
  const mail = message(
    'From: desk@example.org,',
    ...Array.from({ length: 1_000 }, () => ' desk@example.org,'),
    'Content-Type: text/plain;',
    '\tcharset=utf-8',
    'To: contact@example.org',
    ' and more of it',
  );
  expect(await texts(mail)).toEqual(['In the text.']);
  expect(Buffer.from(parse.mock.calls[0]?.[0] as Uint8Array).toString()).toBe(
    'Content-Type: text/plain;\r\n\tcharset=utf-8\r\n\r\nIn the text.\r\n',
  );
});

test('a message of nothing but a head has no parts', async () => {
  expect(await texts(Buffer.from('From: desk@example.org\nContent-Type: text/plain'))).toEqual([]);
});

test('a head whose lines end in several carriage returns ends where the parser sees its end', async () => {
  const body = Buffer.from('\r\r\nIn the text.\n');
  expect(await texts(Buffer.concat([Buffer.from('From: desk@example.org\r\r\n'), body]))).toEqual(['In the text.']);
});

test('fields of an enclosed message stay with it', async () => {
  const [enclosed] = await texts(message('Content-Type: message/rfc822', '', 'From: desk@example.org', 'Subject: x'));
  expect(enclosed).toContain('From: desk@example.org');
});
