/** What a mail server answers, over a real connection: one of its replies is changed, and what it has truly taken is known. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createMailer } from '../../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { isTreacherous } from '../../../src/text/index.ts';
import { environmentOf, from, now, requestFor } from '../../../test/support/renewal/samples.ts';
import { byteChange, changeBytes } from '../mutations/bytes.ts';
import { changeText, textChange } from '../mutations/text.ts';
import { must, type Outcome, type Reader } from '../reader.ts';

const password = 'Pl4nted-mail-password-3T';

const words = [
  '250 ok',
  '250-more',
  '354 go on',
  '220 again',
  '221 bye',
  '334 ',
  '334 UGw0bnRlZA==',
  '421 4.3.2 closing',
  '450 4.2.1 later',
  '550 5.7.1 never',
  '554 no',
  '999 what',
  '250-SIZE 10',
  '250-SIZE 99999999999999999999',
  '250-PIPELINING',
  '250-SMTPUTF8',
  '250-STARTTLS',
  '250 AUTH LOGIN PLAIN XOAUTH2',
  `535 ${password}`,
  `535 ${Buffer.from(`\0monitor\0${password}`).toString('base64')}`,
  '\r\n',
];
const usual = {
  greeting: '220 mail.example.org ESMTP\r\n',
  EHLO: '250-mail.example.org\r\n250-8BITMIME\r\n250-SIZE 10000000\r\n250 AUTH PLAIN\r\n',
  AUTH: '235 2.7.0 welcome\r\n',
  MAIL: '250 2.1.0 fine\r\n',
  RCPT: '250 2.1.5 fine\r\n',
  DATA: '354 go on\r\n',
  end: '250 2.0.0 queued as 12345\r\n',
  QUIT: '221 2.0.0 bye\r\n',
};
type Moment = keyof typeof usual;
const moments = Object.keys(usual) as Moment[];

const limits = { connectMs: 5_000, idleMs: 5_000, totalMs: 10_000, graceMs: 100, probeMs: 100 };

export async function smtpReader(): Promise<Reader> {
  const server = await scripted();
  const message = renderRequest(requestFor(environmentOf('production')));
  const smtp = {
    host: '127.0.0.1',
    port: server.port,
    tls: 'none',
    username: 'monitor',
    password: { kind: 'inline', value: new Secret(password) },
  } as const;
  const mailer = createMailer({ from, smtp }, '/nonexistent', {}, limits);
  const read = async (moment: Moment, reply: Buffer): Promise<Outcome> => {
    const run = server.script(moment, reply);
    const { outcome, reason, refused } = await mailer.send(message, now);
    // What has been written may not have been read yet.
    for (let waits = 0; outcome === 'sent' && !run.hadItAll && waits < 50; waits++) await sleep(10);
    must(outcome !== 'sent' || run.hadItAll, 'sent, though the server has not had the whole message');
    // RFC 5321 §4.2.1: only a 4yz or 5yz says that the message was not taken. A server that says so ahead of time is taken at its word.
    const refusal = /^[45]\d\d/m.test(reply.toString('latin1'));
    must(outcome !== 'failed' || !run.tookIt || refusal, 'failed, though the server has taken the message');
    must(outcome !== 'failed' || !run.hadItAll || refusal, 'failed, though the server may have taken the message');
    must(![reason, ...refused].some(isTreacherous), 'text of others is shown as it is');
    must(![reason, ...refused].some((text) => text.includes(password)), 'the password is shown');
    must(reason.length <= 2_000, 'the text of others is not cut');
    return outcome === 'sent' ? 'accepted' : 'refused';
  };
  const inputs = fc.constantFrom(...moments).chain((moment) => {
    const text = usual[moment];
    const lines = fc.array(textChange(words), { minLength: 1, maxLength: 3 });
    const octets = fc.array(byteChange, { minLength: 1, maxLength: 3 });
    const reply = fc.oneof(
      { weight: 3, arbitrary: lines.map((all) => Buffer.from(all.reduce(changeText, text), 'latin1')) },
      { weight: 1, arbitrary: octets.map((all) => all.reduce(changeBytes, Buffer.from(text))) },
    );
    return reply.map((bytes) => ({
      bytes: Buffer.concat([Buffer.from(`${moment}: `), bytes]),
      read: () => read(moment, bytes),
    }));
  });
  return { name: 'SMTP answer', share: 8, inputs, close: server.close };
}

interface Run {
  readonly changed: Moment;
  readonly reply: Buffer;
  /** The end of the message has come, and it has been answered with a yes. */
  hadItAll: boolean;
  tookIt: boolean;
}

/** A silent server ends the connection, so that nobody waits for it. */
const patienceMs = 40;

/** Follows RFC 5321, but for one reply. */
async function scripted() {
  let run: Run = { changed: 'QUIT', reply: Buffer.alloc(0), hadItAll: false, tookIt: false };
  const sockets = new Set<Socket>();
  const converse = (socket: Socket) => {
    // A connection may outlive its message.
    const mine = run;
    let [text, inBody] = ['', false];
    const say = (moment: Moment) => {
      const words = moment === mine.changed ? mine.reply : Buffer.from(usual[moment]);
      socket.write(words);
      if (moment === 'end') mine.tookIt = /^2\d\d /.test(words.toString('latin1')) && words.includes('\r\n');
      return words;
    };
    const command = (line: string) => {
      const verb = moments.find((each) => line.slice(0, 4).toUpperCase() === each);
      if (!verb) return void socket.write('502 5.5.1 no\r\n');
      // From here on a client that understood `354` sends the message.
      const words = say(verb);
      inBody = verb === 'DATA' && /^354/m.test(words.toString('latin1'));
    };
    const hear = () => {
      for (;;) {
        const end = text.indexOf(inBody ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inBody ? 5 : 2));
        if (!inBody) command(line);
        else {
          inBody = false;
          mine.hadItAll = true;
          say('end');
        }
      }
    };
    socket.setTimeout(patienceMs, () => socket.end());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      hear();
    });
    say('greeting');
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    converse(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    script: (moment: Moment, bytes: Buffer): Run => {
      run = { changed: moment, reply: bytes, hadItAll: false, tookIt: false };
      return run;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
