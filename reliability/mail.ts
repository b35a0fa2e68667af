/** A mail server with moods, and what it has truly taken. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import { type MailServer, startMailServer } from '../test/support/renewal/mail-server.ts';

/**
 * `defers`: 451 to every recipient; `refuses`: 550; `cuts`: the connection, at a piece of what the server says or hears; `silent`: accepts
 * connections and never says a word.
 */
export type Mood = 'fine' | 'down' | 'defers' | 'refuses' | 'cuts' | 'silent';

export interface MoodyServer {
  readonly port: number;
  mood: Mood;
  /** Which piece is the last, where the mood is to cut. */
  cutAfter: number;
  /** Called where it cuts. */
  onCut?: () => void;
  readonly taken: MailServer['received'];
  close(): Promise<void>;
}

export async function startMoodyServer(): Promise<MoodyServer> {
  const refusals: Partial<Record<Mood, number>> = { defers: 451, refuses: 550 };
  const upstream = await startMailServer({
    onRcptTo: (_address, _session, done) => {
      const responseCode = refusals[moody.mood];
      done(responseCode ? Object.assign(new Error('not now'), { responseCode }) : null);
    },
  });
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (moody.mood === 'down') return void client.resetAndDestroy();
    if (moody.mood === 'silent') {
      sockets.add(client);
      return void client.on('error', () => {}).on('close', () => sockets.delete(client));
    }
    const behind = connect(upstream.port, '127.0.0.1');
    let pieces = 0;
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(from);
      from
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      from.on('data', (chunk) => {
        to.write(chunk);
        pieces += 1;
        if (moody.mood !== 'cuts' || pieces < moody.cutAfter) return;
        if (moody.onCut) moody.onCut();
        else setImmediate(() => client.resetAndDestroy());
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const moody: MoodyServer = {
    port: (server.address() as AddressInfo).port,
    mood: 'fine',
    cutAfter: 0,
    taken: upstream.received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
    },
  };
  return moody;
}

/** What a message that the desk received asks for. */
export interface Request {
  readonly environment: string;
  /** SHA-256 of the certificate to be replaced. */
  readonly fingerprint: string;
  readonly csrPem: string;
}

/** Undefined for a message that asks for nothing: a reminder, or a report to the contact. */
export async function requestIn(message: Buffer): Promise<Request | undefined> {
  const { attachments, text = '' } = await simpleParser(message);
  const csr = attachments.find(({ filename }) => filename?.endsWith('.csr'));
  const environment = /^Environment: (\S+)/m.exec(text)?.[1];
  const fingerprint = /^Current certificate SHA-256 fingerprint: ([0-9a-f]{64})/m.exec(text)?.[1];
  if (!csr || !environment || !fingerprint) return undefined;
  return { environment, fingerprint, csrPem: csr.content.toString() };
}
