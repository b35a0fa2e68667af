/** Real SMTP servers on loopback: one that works (smtp-server), and one that follows a script byte by byte (net). */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly secure: boolean;
  readonly user?: string;
}

export interface MailServer {
  readonly port: number;
  readonly received: Received[];
  close(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: options.key === undefined,
    disableReverseLookup: true,
    closeTimeout: 100,
    onData: (stream, session, done) => {
      buffer(stream).then((bytes) => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          bytes,
          secure: session.secure,
          ...(session.user ? { user: String(session.user) } : {}),
        });
        done(null, 'queued as 1');
      }, done);
    },
    ...options,
  });
  // Some tests are about clients that break off or refuse our certificate.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return { port, received, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What the script does at the named moment, instead of the usual reply. */
export type Deviation =
  | { readonly reply: string }
  /** Ends the connection with RST. */
  | { readonly cut: true }
  /** Never sends anything more. */
  | { readonly hang: true };
export type Moment =
  | 'greeting'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'RCPT 2'
  | 'DATA'
  | 'body'
  | 'end'
  | 'QUIT';

export interface ScriptedServer {
  readonly port: number;
  /** Commands received, and `end` once the final dot has arrived. */
  readonly seen: string[];
  close(): Promise<void>;
}

const usual: Record<string, string> = {
  AUTH: '235 welcome',
  MAIL: '250 fine',
  RCPT: '250 fine',
  DATA: '354 go on',
  end: '250 queued',
  QUIT: '221 bye',
};

export async function startScriptedServer(
  script: Partial<Record<Moment, Deviation>>,
  options: { pipelining?: boolean; starttls?: boolean; on?: Partial<Record<Moment, () => void>> } = {},
): Promise<ScriptedServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const extensions = [...(options.pipelining ? ['PIPELINING'] : []), ...(options.starttls ? ['STARTTLS'] : [])];
  const replies = {
    ...usual,
    EHLO: [...['script', ...extensions].map((each) => `250-${each}`), '250 AUTH PLAIN'].join('\r\n'),
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    converse(socket, script, replies, seen, options.on ?? {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(
  socket: Socket,
  script: Partial<Record<Moment, Deviation>>,
  replies: Record<string, string>,
  seen: string[],
  on: Partial<Record<Moment, () => void>>,
): void {
  let [text, inBody, silent, recipients] = ['', false, false, 0];
  const act = (moment: Moment, reply: string | undefined) => {
    on[moment]?.();
    const deviation = script[moment];
    if (deviation && 'cut' in deviation) socket.resetAndDestroy();
    else if (deviation && 'hang' in deviation) silent = true;
    else socket.write(`${deviation?.reply ?? reply}\r\n`);
    return !deviation;
  };
  const momentOf = (verb: string): Moment => {
    // A client whose EHLO is refused says HELO (RFC 5321 §3.2).
    if (verb === 'HELO') return 'EHLO';
    if (verb === 'STAR') return 'STARTTLS';
    return (verb === 'RCPT' && ++recipients === 2 ? 'RCPT 2' : verb) as Moment;
  };
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    seen.push(verb);
    const nobody = script.RCPT !== undefined && script['RCPT 2'] !== undefined;
    const reply = verb === 'DATA' && nobody ? '554 no valid recipients' : replies[verb];
    inBody = act(momentOf(verb), reply) && verb === 'DATA' && !nobody;
  };
  const read = () => {
    while (!silent && !socket.destroyed) {
      if (inBody && script.body) return void act('body', undefined);
      const end = text.indexOf(inBody ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const line = text.slice(0, end);
      text = text.slice(end + (inBody ? 5 : 2));
      if (!inBody) command(line);
      else {
        inBody = false;
        seen.push('end');
        act('end', replies.end);
      }
    }
  };
  act('greeting', '220 script');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    read();
  });
}
