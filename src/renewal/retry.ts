/** When a permanently refused request is worth another attempt: once the cause of the refusal has changed. */
import { createHash } from 'node:crypto';
import { type ResolvedEnvironment, readSource, type SmtpServer, SourceError, type Variables } from '../config/index.ts';
import { ourCommand } from '../text/index.ts';
import { isFirst } from './first.ts';
import { type RefusedThing, refusedThings } from './mail/smtp-failure.ts';
import type { RequestKey } from './types.ts';

export interface SendingSettings {
  /** `address` or `Name <address>`. */
  readonly from: string;
  /** If absent, messages are drafted. */
  readonly server?: SmtpServer;
  readonly env: Variables;
}

/**
 * A digest of the settings that can cause such a refusal. A refusal of the recipients, for example, can also be caused by the server, the login
 * or the sender, but not by the message. The password is not included, because nothing derived from a secret is kept on disk.
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

/** Size of the enclosures, in bytes. */
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

/** That a person asked, and why. */
export const askedChanges = ({ reason }: { readonly reason?: string }, askedAt: Date) => ({
  askedAt,
  ...(reason === undefined ? {} : { askedReason: reason }),
});

/** The command to have it sent again, ready to run as printed. */
export function sendAgainCommand(configurationFile: string, key: RequestKey): string {
  return ourCommand(isFirst(key) ? 'request' : 'renew', { configurationFile, environment: key.environment });
}
