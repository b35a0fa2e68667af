import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderMime } from '../../../src/renewal/mail/mime.ts';
import { readMime } from '../../../src/renewal/mail/read-message.ts';
import { readRenewalFiles } from '../../../src/renewal/store/read-pending.ts';
import { csrPem } from '../../support/renewal/samples.ts';
import { needs } from '../../support/tools.ts';
import { sampleRecord } from '../../support/web/pages.ts';

let root: string;
let stateDir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-'));
  stateDir = join(root, 'state');
  await mkdir(join(stateDir, 'pending'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const read = (files: { csrFile?: string; messageFile?: string }) =>
  readRenewalFiles(stateDir, { ...sampleRecord('x', 'not_due'), ...files });

describe('the files of a renewal', () => {
  test('are read from below the state directory', async () => {
    await writeFile(join(stateDir, 'pending/a.csr'), csrPem);
    const eml = 'Subject: A request\r\n\r\nHello\r\n';
    await writeFile(join(stateDir, 'pending/a.eml'), eml);
    expect(await read({ csrFile: 'pending/a.csr', messageFile: 'pending/a.eml' })).toEqual({
      csrPem,
      message: { headers: [{ name: 'Subject', value: 'A request' }], text: 'Hello\n', attachments: [] },
      messageFile: Buffer.from(eml),
    });
  });

  test('the message as a file only if it is one, and whole', async () => {
    await writeFile(join(stateDir, 'pending/a.eml'), '-----BEGIN PRIVATE KEY-----\nx\n');
    await writeFile(join(stateDir, 'pending/b.eml'), `Subject: Long\r\n\r\n${'x'.repeat(1024 * 1024)}`);
    for (const messageFile of ['pending/a.eml', 'pending/b.eml'])
      expect(await read({ messageFile })).not.toHaveProperty('messageFile');
  });

  test('that were never made, or are gone, are absent', async () => {
    expect(await read({})).toEqual({});
    expect(await read({ csrFile: 'pending/a.csr', messageFile: 'pending/a.eml' })).toEqual({});
  });

  test.each(['../secret.csr', 'pending/link.csr', '/secret.csr', '.', 'pending'])(
    'are never read from elsewhere: %s',
    async (csrFile) => {
      await writeFile(join(root, 'secret.csr'), csrPem);
      await symlink(join(root, 'secret.csr'), join(stateDir, 'pending/link.csr'));
      expect(await read({ csrFile })).toEqual({});
    },
  );

  test('through a link to the state directory itself are read all the same', async () => {
    await writeFile(join(stateDir, 'a.csr'), csrPem);
    await symlink(stateDir, join(root, 'link'));
    const record = { ...sampleRecord('x', 'not_due'), csrFile: 'a.csr' };
    expect(await readRenewalFiles(join(root, 'link'), record)).toEqual({ csrPem });
  });

  test('a key where the request should be is not shown', async () => {
    const key = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIC\n-----END ENCRYPTED PRIVATE KEY-----\n';
    await writeFile(join(stateDir, 'a.csr'), key);
    expect(await read({ csrFile: 'a.csr' })).toEqual({});
    await writeFile(join(stateDir, 'a.csr'), key + csrPem);
    expect(await read({ csrFile: 'a.csr' })).toEqual({ csrPem });
  });

  test.skipIf(!needs('mkfifo'))('a pipe that nobody writes to is not waited for', async () => {
    execFileSync('mkfifo', [join(stateDir, 'a.csr')]);
    expect(await read({ csrFile: 'a.csr' })).toEqual({});
  });

  test('of more than a megabyte only the beginning is read', async () => {
    await writeFile(join(stateDir, 'a.eml'), `Subject: x\r\n\r\n${'y'.repeat(3 * 1024 * 1024)}`);
    expect((await read({ messageFile: 'a.eml' })).message?.text.length).toBe(1024 * 1024 - 'Subject: x\r\n\r\n'.length);
  });
});

describe('a message', () => {
  const message = {
    about: 'integration',
    messageId: '<a@example.org>',
    date: new Date('2026-11-24T09:00:00Z'),
    from: { name: 'Zoë Ünal', address: 'zoe@example.org' },
    to: [{ address: 'desk@example.org' }],
    cc: [],
    replyTo: { address: 'zoe@example.org' },
    subject: `Certificate für ${'ä'.repeat(60)} £ 10`,
    text: `Grüße,\n\n${'long line '.repeat(20)}\n= 100 %\n.\n`,
    attachments: [
      { filename: 'a b.csr', contentType: 'application/pkcs10', content: Buffer.from('x') },
      { filename: 'Übersicht.pdf', contentType: 'application/pdf', content: Buffer.from('y') },
    ],
  };

  test('reads back as it was written, headers, text and names of what is attached', async () => {
    const back = await readMime(await renderMime(message));
    const header = (wanted: string) => back.headers.find(({ name }) => name === wanted)?.value;
    expect(header('Subject')).toBe(message.subject);
    expect(header('From')).toBe('Zoë Ünal <zoe@example.org>');
    expect(header('Message-ID')).toBe('<a@example.org>');
    expect(back.headers.map(({ name }) => name)).not.toContain('MIME-Version');
    expect(back.text.trimEnd()).toBe(message.text.trimEnd());
    expect(back.attachments).toEqual(['a b.csr', 'Übersicht.pdf']);
  });

  test.each(['request-integration', 'request-deployment', 'request-production', 'reminder', 'closing', 'uncertain'])(
    'golden %s reads in plain words',
    async (name) => {
      const golden = join(import.meta.dirname, '..', 'mail', 'golden', `${name}.eml`);
      const { headers, text, attachments } = await readMime(await readFile(golden));
      expect(headers.map((each) => each.name)).toEqual(expect.arrayContaining(['From', 'To', 'Subject', 'Date']));
      expect(text).toContain('X26ABC1');
      expect(text).not.toMatch(/=\n|=[0-9A-F]{2}\b/);
      expect(attachments.length > 0).toBe(name.startsWith('request'));
    },
  );

  test('with another enclosed names the enclosed one and does not take it apart', async () => {
    const { text, attachments } = await readMime(
      await readFile(join(import.meta.dirname, '..', 'mail', 'golden', 'review.eml')),
    );
    expect(text).not.toContain('Content-Type');
    expect(attachments).toHaveLength(1);
  });

  test('that is none is text, and cut anywhere it still reads', async () => {
    expect(await readMime(Buffer.from('no message at all'))).toEqual({
      headers: [],
      text: 'no message at all',
      attachments: [],
    });
    expect(await readMime(Buffer.alloc(0))).toEqual({ headers: [], text: '', attachments: [] });
    const whole = await renderMime(message);
    for (let length = 0; length < whole.length; length += 7)
      await expect(readMime(whole.subarray(0, length))).resolves.toHaveProperty('text');
  });

  test('in the encodings that other programs write reads too', async () => {
    const eml = [
      'Subject: =?iso-8859-1?Q?Pr=FCfung?= =?iso-8859-1?Q?_ok?=',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Gr=FC=DFe',
      '',
    ].join('\r\n');
    expect(await readMime(Buffer.from(eml))).toEqual({
      headers: [{ name: 'Subject', value: 'Prüfung ok' }],
      text: 'Grüße\n',
      attachments: [],
    });
  });

  test('that is nested a thousand times, or all head, is not taken apart', async () => {
    const nested = Array.from(
      { length: 1000 },
      (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\r\n\r\n--b${index}\r\n`,
    ).join('');
    expect(await readMime(Buffer.from(nested))).toEqual({ headers: [], text: nested, attachments: [] });
    // More than 64 KiB: a page with 20,000 rows would help nobody.
    const head = 'X: y\r\n'.repeat(20_000);
    expect((await readMime(Buffer.from(head))).text).toBe(head);
  });

  test('the goldens are the ones that there are', async () => {
    const names = (await readdir(join(import.meta.dirname, '..', 'mail', 'golden'))).filter((name) =>
      name.endsWith('.eml'),
    );
    expect(names).toHaveLength(7);
  });
});
