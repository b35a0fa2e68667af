import { afterEach, describe, expect, test } from 'vitest';
import type { SmtpServer } from '../../../src/config/types.ts';
import { createMailer, type SendResult } from '../../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import type { Limits } from '../../../src/renewal/mail/smtp.ts';
import { Secret } from '../../../src/sources/secret.ts';
import {
  type Deviation,
  type Moment,
  startMailServer,
  startScriptedServer,
} from '../../support/renewal/mail-server.ts';
import { environmentOf, from, now, requestFor } from '../../support/renewal/samples.ts';

const message = renderRequest(requestFor(environmentOf('production')));
/** Unlike one that has just been free, it is not another test's by now. */
const nobodys = 1;
const credentials = { username: 'monitor', password: { kind: 'inline', value: new Secret('secret') } } as const;
const send = (smtp: Partial<SmtpServer> & { port: number }, limits: Partial<Limits> = {}): Promise<SendResult> =>
  createMailer({ from, smtp: { host: '127.0.0.1', tls: 'none', ...smtp } }, '/nonexistent', {}, limits).send(
    message,
    now,
  );

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
async function open<T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  closing.push(() => started.close());
  return started;
}

describe('a server that goes wrong at', () => {
  const before: Moment[] = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'];
  const run = async (
    moment: Moment,
    deviation: Deviation,
    offers: { pipelining?: boolean; starttls?: boolean } = {},
    smtp: Partial<SmtpServer> = {},
  ) => {
    const script =
      moment === 'RCPT' && 'reply' in deviation ? { RCPT: deviation, 'RCPT 2': deviation } : { [moment]: deviation };
    // Nobody waits for the answer to QUIT; and after STARTTLS, what is not TLS is no answer.
    const isSilent = 'hang' in deviation ? moment !== 'QUIT' : moment === 'STARTTLS';
    for (let idleMs = 250; ; idleMs *= 2) {
      let isReached = false;
      const reach = () => {
        isReached = true;
      };
      const { port, seen } = await open(startScriptedServer(script, { ...offers, on: { [moment]: reach } }));
      const result = await send({ port, ...credentials, ...smtp }, isSilent ? { idleMs, probeMs: idleMs } : {});
      // On a busy machine so little patience may end before the server falls silent.
      if (isReached || !isSilent) return { result, seen };
    }
  };

  describe.each([
    ['one command at a time', false],
    ['pipelined', true],
  ])('%s', (_name, pipelining) => {
    test.each(before.map((moment) => [moment] as const))('%s, by 4xx: failed, try again', async (moment) => {
      const { result, seen } = await run(moment, { reply: '451 later' }, { pipelining });
      expect(result).toMatchObject({ outcome: 'failed', retry: true });
      expect(seen).not.toContain('end');
    });

    test.each([
      ['AUTH', 'login'],
      ['MAIL', 'sender'],
      ['RCPT', 'recipients'],
      ['DATA', 'message'],
    ] as const)('%s, by 5xx: failed for good, for it is the %s that was refused', async (moment, refusedThing) => {
      const { result, seen } = await run(moment, { reply: '554 never' }, { pipelining });
      expect(result).toMatchObject({ outcome: 'failed', retry: false, refusedThing });
      expect(result.reason).toContain('554');
      expect(seen).not.toContain('end');
    });

    test.each(['greeting', 'EHLO'] as const)(
      '%s, by 5xx: failed, try again, for nothing of the request was refused',
      async (moment) => {
        const { result } = await run(moment, { reply: '554 5.3.2 not now' }, { pipelining });
        expect(result).toMatchObject({ outcome: 'failed', retry: true });
        expect(result.reason).toMatch(/is not accepting mail: 554 5\.3\.2 not now$/);
        expect(result).not.toHaveProperty('refusedThing');
      },
    );

    test.each(before.map((moment) => [moment] as const))(
      '%s, by ending the connection: failed, try again',
      async (moment) => {
        const { result } = await run(moment, { cut: true }, { pipelining });
        expect(result).toMatchObject({ outcome: 'failed', retry: true });
      },
    );

    test.each(before.map((moment) => [moment] as const))('%s, by silence: failed, try again', async (moment) => {
      const { result } = await run(moment, { hang: true }, { pipelining });
      expect(result).toMatchObject({ outcome: 'failed', retry: true });
    });
  });

  test.each([
    ['4xx', { reply: '454 TLS not available' }, true],
    ['5xx', { reply: '554 never' }, true],
    ['ending the connection', { cut: true }, true],
    ['silence', { hang: true }, true],
    ['something that is not TLS', { reply: '220 go on\r\nbut not with TLS' }, true],
  ] as const)(
    'STARTTLS, by %s: failed, and neither password nor message is said in the clear',
    async (_how, deviation, retry) => {
      const { result, seen } = await run('STARTTLS', deviation, { starttls: true }, { tls: 'starttls' });
      expect(result).toMatchObject({ outcome: 'failed', retry });
      expect(seen.slice(0, 2)).toEqual(['EHLO', 'STAR']);
      for (const command of ['AUTH', 'MAIL', 'DATA']) expect(seen).not.toContain(command);
    },
  );

  test('the end of the message, by 4xx: failed, try again', async () => {
    expect((await run('end', { reply: '452 full' })).result).toMatchObject({ outcome: 'failed', retry: true });
  });

  test('the end of the message, by 5xx: failed for good', async () => {
    const { result } = await run('end', { reply: '554 spam' });
    expect(result).toMatchObject({ outcome: 'failed', retry: false, refusedThing: 'message' });
  });

  test('a message that is larger than the server says it takes: failed for good, with both sizes', async () => {
    const { port, received } = await open(startMailServer({ size: 1000 }));
    const result = await send({ port });
    expect(result).toMatchObject({ outcome: 'failed', retry: false, refusedThing: 'message' });
    expect(result.reason).toMatch(/takes messages of at most 1000 bytes, and this one has \d{4,}$/);
    expect(received).toEqual([]);
  });

  test('the end of the message, by 554 with marks that turn text round: the reason shows them by number', async () => {
    const { result } = await run('end', { reply: '554 no\u001b[2J\u202eevil' });
    expect(result.reason).toMatch(/: 554 no\\u\{1b\}\[2J\\u\{202e\}evil$/);
  });

  test.each([
    ['ending the connection', { cut: true }],
    ['silence', { hang: true }],
    ['an answer that is none', { reply: 'what?' }],
    ['a second 354, which answers nothing', { reply: '354 go on' }],
    ['a number that is neither yes nor no', { reply: '999 what' }],
    ['a preliminary reply, which SMTP does not have', { reply: '150 wait' }],
  ] as const)('the end of the message, by %s: uncertain, and not tried again', async (_how, deviation) => {
    const { result, seen } = await run('end', deviation);
    expect(result).toMatchObject({ outcome: 'uncertain', retry: false });
    expect(seen).toContain('end');
  });

  test.each([
    ['ending the connection', { cut: true }],
    ['silence', { hang: true }],
    ['a refusal', { reply: '500 what' }],
  ] as const)('QUIT, by %s: sent all the same', async (_how, deviation) => {
    expect((await run('QUIT', deviation)).result).toMatchObject({ outcome: 'sent' });
  });

  test('the middle of a long message: failed, for the server never saw its end (RFC 5321 §4.1.1.4)', async () => {
    const { port, seen } = await open(startScriptedServer({ body: { cut: true } }));
    const attachments = [{ filename: 'big.pdf', contentType: 'application/pdf', content: Buffer.alloc(16 << 20, 1) }];
    const mailer = createMailer({ from, smtp: { host: '127.0.0.1', port, tls: 'none' } }, '/nonexistent', {});
    expect(await mailer.send({ ...message, attachments }, now)).toMatchObject({ outcome: 'failed', retry: true });
    expect(seen).not.toContain('end');
  });

  test('a reply that never comes to its end: the whole takes no longer than its limit', async () => {
    const { port } = await open(startScriptedServer({ EHLO: { reply: `250-${'x\r\n250-'.repeat(3)}y` } }));
    expect(await send({ port }, { totalMs: 300 })).toMatchObject({ outcome: 'failed', retry: true });
  });

  test('nobody listening: failed, try again', async () => {
    expect(await send({ port: nobodys })).toMatchObject({ outcome: 'failed', retry: true });
  });

  test('a password that cannot be read: failed, and nobody is called', async () => {
    const { port, seen } = await open(startScriptedServer({}));
    const result = await send({ port, username: 'monitor', password: { kind: 'env', name: 'NOT_THERE' } });
    expect(result).toMatchObject({ outcome: 'failed', retry: true });
    expect(result.reason).toContain('NOT_THERE');
    expect(seen).toEqual([]);
  });
});
