/** A mail server that saves and reports each message it receives, as an `.eml` file. Nothing is forwarded. */
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MonitorError } from '../errors/index.ts';

export interface CaughtMail {
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly file: string;
}

export interface MailCatcher {
  readonly port: number;
  stop(): Promise<void>;
}

/** An optional package is not installed; `message` says which, and how to install it. */
export class MissingPackageError extends MonitorError {
  override readonly code = 'ERR_PACKAGE_MISSING';
}

/** @throws {MissingPackageError} before anything is written or started. */
export async function startMailCatcher(
  folder: string,
  caught: (mail: CaughtMail) => void,
  load: () => Promise<typeof import('smtp-server')> = () => import('smtp-server'),
): Promise<MailCatcher> {
  const { SMTPServer } = await load().catch(missing);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let count = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        const message = Buffer.concat(chunks).toString('utf8');
        count += 1;
        const file = join(folder, `${String(count).padStart(3, '0')}.eml`);
        const mail = {
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          subject: subjectOf(message),
          file,
        };
        writeFile(file, message, { mode: 0o600 }).then(() => {
          caught(mail);
          done();
        }, done);
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Only `demo` needs the package, so an installation can leave it out. */
function missing(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
  throw new MissingPackageError(
    'demo catches mail with the package smtp-server, which is not installed. Install it where mesh-cert-monitor is: npm install smtp-server (npm install --global smtp-server for a global installation)',
  );
}

/** RFC 5322 §2.2.3: a folded header continues while lines begin with white space. */
function subjectOf(message: string): string {
  return /^subject:\s*(.*(?:\r?\n[ \t].*)*)/im.exec(message)?.[1]?.replaceAll(/\r?\n[ \t]+/g, ' ') ?? '';
}
