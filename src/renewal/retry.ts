/** When a request that a mail server refused for good is worth another attempt: once what it was refused for has changed. */
import { createHash } from 'node:crypto';
import { type ResolvedEnvironment, readSource, type SmtpServer, SourceError, type Variables } from '../config/index.ts';
import { shellWord } from '../text/index.ts';
import { type RefusedThing, refusedThings } from './mail/smtp-failure.ts';

export interface SendingSettings {
  /** `address` or `Name <address>`. */
  readonly from: string;
  /** Absent: messages are drafted. */
  readonly server?: SmtpServer;
  readonly env: Variables;
}

/**
 * A digest of the settings that such a refusal can be due to. A refusal of the recipients, say, can be due to the server, the login and
 * the sender as well, but not to the message. The password is not among them: nothing made from a secret is kept on disk.
 */
export async function refusalFacts(
  thing: RefusedThing,
  environment: ResolvedEnvironment,
  { from, server, env }: SendingSettings,
): Promise<string> {
  const { renewal, contact } = environment;
  const recipients = renewal.mode === 'send' ? [...renewal.desk, contact.email] : [contact.email];
  const facts: Readonly<Record<RefusedThing, unknown>> = {
    login: server && [server.host, server.port, server.tls, server.username],
    sender: from,
    recipients,
    message: thing === 'message' && [renewal.mode, renewal.keyBits, await sizes(renewal.enclose, env)],
  };
  const upToIt = refusedThings.slice(0, refusedThings.indexOf(thing) + 1);
  return createHash('sha256')
    .update(JSON.stringify(upToIt.map((each) => facts[each])))
    .digest('hex');
}

/** Of what is enclosed, in bytes. */
function sizes(enclose: ResolvedEnvironment['renewal']['enclose'], env: Variables): Promise<(number | string)[]> {
  return Promise.all(
    enclose.map(async (source) => {
      try {
        return (await readSource(source, env)).length;
      } catch (error) {
        if (error instanceof SourceError) return 'unreadable';
        throw error;
      }
    }),
  );
}

/** What a person types to have it sent again; it runs as printed. */
export function renewCommand(configurationFile: string, environment: string): string {
  return `mesh-cert-monitor renew --config ${shellWord(configurationFile)} --environment ${shellWord(environment)}`;
}
