/** Getting a new certificate: what holds it up is the cause, and that time runs out follows from it. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import { commandFor } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { clientOf, desk, utcMinute, whoForwards } from '../words.ts';

const runningOut: readonly FindingCode[] = ['certificate_expires_imminently', 'certificate_expires_soon'];

const untilWhen = (evidence: Evidence) => {
  const notAfter = evidence.renewal?.record?.notAfter ?? clientOf(evidence)?.notAfter;
  return notAfter ? `; the certificate expires on ${utcMinute(notAfter)}` : '';
};

const withCommand = (words: string, evidence: Evidence): Pick<Wording, 'command'> => {
  const command = commandFor(words, evidence);
  return command ? { command } : {};
};

/** Nothing where the desk gets the request by itself. */
const forwarding = ({ remedy }: Finding, evidence: Evidence): Pick<Wording, 'remedy'> => {
  const more = whoForwards(evidence);
  return more ? { remedy: `${remedy}${more}` } : {};
};

const requestOf = ({ renewal }: Evidence) => (renewal?.first ? 'request for the first certificate' : 'renewal request');

/** A failed request is sent again by itself only once what it was refused for has changed; an uncertain one never is. */
function notSent(evidence: Evidence): Wording {
  const { state } = evidence.renewal ?? {};
  if (state === 'uncertain')
    return {
      headline: `It is not known whether the desk has the ${requestOf(evidence)}${untilWhen(evidence)}`,
      message: 'The service does not send it again by itself.',
      remedy: `Ask ${desk(evidence)} whether it has the request. If it does not, run the command below; if it does, run it with \`--sent\` instead.`,
      calls: true,
      ...withCommand('renewals resolve --not-sent', evidence),
    };
  if (state === 'failed')
    return {
      headline: `The mail server refused the ${requestOf(evidence)}${untilWhen(evidence)}`,
      message: retried(evidence),
      remedy: correctIt(evidence),
      ...withCommand(evidence.renewal?.first ? 'request' : 'renew', evidence),
    };
  return { headline: `The ${requestOf(evidence)} has not been sent${untilWhen(evidence)}` };
}

const refusedWords = {
  login: 'the login',
  sender: 'the sender (`email.from`)',
  recipients: 'the recipients (`renewal.desk`, `contact.email`)',
  message: 'the message',
} as const;

function correctIt({ renewal }: Evidence): string {
  const thing = renewal?.record?.refusedThing;
  if (!thing) return 'Correct what the message names, then run the command below.';
  return `Correct ${refusedWords[thing]}: the message says why it was refused. The service then sends the request again by itself; the command below sends it at once.`;
}

function retried({ renewal }: Evidence): string {
  const thing = renewal?.record?.refusedThing;
  return thing
    ? `It is sent again by itself once the settings for ${refusedWords[thing]} have changed; otherwise only when you ask for it.`
    : 'It is not sent again by itself.';
}

function telephoneDesk(evidence: Evidence): Wording {
  const { record } = evidence.renewal ?? {};
  const quote = record?.messageId ? ` Quote the request ${record.messageId}` : ' Quote the request';
  return {
    headline: `The desk has not delivered the new certificate${untilWhen(evidence)}`,
    remedy: `Telephone ${desk(evidence)}.${quote} for mailbox ${evidence.environment?.mesh.mailboxId.toUpperCase() ?? ''}.`,
    calls: true,
    ...withCommand('renewals', evidence),
  };
}

function keyGone(evidence: Evidence): Wording {
  const { keyFile } = evidence.renewal?.record ?? {};
  const again = evidence.renewal?.first ? 'request' : 'renew';
  const key = keyFile ? `${keyFile} in the state directory` : 'the key of the request';
  // Until somebody has said whether the desk has it, no second request is sent.
  if (evidence.renewal?.state === 'uncertain')
    return {
      remedy: `Restore ${key} from a backup, and ask ${desk(evidence)} whether it has the request. If it does not, run the command below; if it does, run it with \`--sent\` instead and, without a backup, then \`mesh-cert-monitor ${again}\`.`,
      calls: true,
      ...withCommand('renewals resolve --not-sent', evidence),
    };
  return {
    remedy: `Restore ${key} from a backup. If there is none, send a new request with the command below, and tell ${desk(evidence)} that it replaces the earlier one.${whoForwards(evidence)}`,
    ...withCommand(again, evidence),
  };
}

const isAsked = ({ renewal }: Evidence) => renewal?.state === 'requested' && renewal.record?.delivery !== 'drafted';

export const renewalRules: readonly Rule[] = [
  {
    name: 'An environment without a certificate needs a request',
    cause: 'nothing_deployed_yet',
    says: (evidence, cause) => ({ ...forwarding(cause, evidence), ...withCommand('request', evidence) }),
  },
  {
    name: 'Nothing is sent while the state directory is not the one that the service opened',
    cause: 'state_replaced',
    consequences: ['renewal_email_failed', 'renewal_due', 'renewal_overdue', 'renewal_key_missing', ...runningOut],
  },
  {
    name: 'A request that was not sent, or may not have been, is why the certificate is not renewed',
    cause: 'renewal_email_failed',
    consequences: ['renewal_due', 'renewal_overdue', 'renewal_unanswered', ...runningOut],
    says: notSent,
  },
  {
    name: 'A certificate without its key is of no use, whatever the desk answers',
    cause: 'renewal_key_missing',
    consequences: ['renewal_due', 'renewal_overdue', 'renewal_unanswered', ...runningOut],
    says: keyGone,
  },
  {
    name: 'Nothing is sent while the clock is in doubt',
    cause: 'clock_stepped',
    consequences: ['renewal_due'],
  },
  {
    name: 'The desk has the request and too little time',
    cause: 'renewal_overdue',
    consequences: ['renewal_due', 'renewal_unanswered', ...runningOut],
    when: isAsked,
    says: telephoneDesk,
  },
  {
    name: 'A renewal that is late is why the certificate runs out',
    cause: 'renewal_overdue',
    consequences: ['renewal_due', 'renewal_unanswered', ...runningOut],
  },
  {
    name: 'The desk has not answered, and the certificate runs out',
    cause: 'renewal_unanswered',
    consequences: ['renewal_due', ...runningOut],
    says: telephoneDesk,
  },
  {
    name: 'A renewal that is due is why the certificate runs out',
    cause: 'renewal_due',
    consequences: runningOut,
    says: (evidence, cause) =>
      evidence.renewal?.state === 'requested'
        ? {
            headline: `The ${requestOf(evidence)} is drafted and waits for you to send it to the desk${untilWhen(evidence)}`,
            ...withCommand('renewals resolve --sent', evidence),
          }
        : {
            headline: `The certificate has to be renewed${untilWhen(evidence)}`,
            ...forwarding(cause, evidence),
            ...withCommand('renew', evidence),
          },
  },
];
