/** Getting a new certificate: what holds it up is the cause, and that time runs out follows from it. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import { lowerFirst } from '../../text/index.ts';
import { londonIsoDay, shortLondonDay } from '../../time/index.ts';
import { commandFor } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import {
  clientOf,
  desk,
  deskAddresses,
  isDraft,
  sentence,
  telephoneDesk,
  utcMinute,
  whetherItArrived,
  whoForwards,
} from '../words.ts';

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

/** What a mail server wrote must not look like a command of ours. */
const inWords = (message: string) => sentence(message.replaceAll('`', '’'));

/** A failed request is sent again by itself only once what it was refused for has changed; an uncertain one never is. */
function notSent(evidence: Evidence, { message }: Finding): Wording {
  const { state } = evidence.renewal ?? {};
  if (state === 'uncertain')
    return {
      headline: `It is not known ${whetherItArrived(evidence).unknown} the ${requestOf(evidence)}${untilWhen(evidence)}`,
      message: 'The service does not send it again by itself.',
      remedy: whetherItArrived(evidence).ask,
      calls: true,
      ...withCommand('renewals resolve --not-sent', evidence),
    };
  if (state === 'failed')
    return {
      headline: `The mail server refused the ${requestOf(evidence)}${untilWhen(evidence)}`,
      message: retried(evidence),
      remedy: `${inWords(message)} ${correctIt(evidence)}`,
      ...withCommand(evidence.renewal?.first ? 'request' : 'renew', evidence),
    };
  const headline = `The ${requestOf(evidence)} has not been sent${untilWhen(evidence)}`;
  if (state !== 'due') return { headline };
  // Where only the first action is read, it says what to put right.
  return { headline, remedy: `${inWords(message)} Put that right: the service tries again by itself.` };
}

const refusedWords = {
  login: 'the login',
  sender: 'the sender (`email.from`)',
  recipients: 'the recipients (`renewal.desk`, `contact.email`)',
  message: 'the message',
} as const;

function correctIt({ renewal }: Evidence): string {
  const thing = renewal?.record?.refusedThing;
  if (!thing) return 'Correct that, then run the command below.';
  return `Correct ${refusedWords[thing]}. The service then sends the request again by itself; the command below sends it at once.`;
}

function retried({ renewal }: Evidence): string {
  const thing = renewal?.record?.refusedThing;
  return thing
    ? `It is sent again by itself once the settings for ${refusedWords[thing]} have changed; otherwise only when you ask for it.`
    : 'It is not sent again by itself.';
}

function askDesk(evidence: Evidence, { severity }: Finding): Wording {
  const { record } = evidence.renewal ?? {};
  const quote = record?.messageId ? ` Quote the request ${record.messageId}` : ' Quote the request';
  const ask =
    severity === 'critical'
      ? `It is urgent: ${lowerFirst(telephoneDesk(evidence))}.`
      : `Reply to the request or write to ${desk(evidence)}, and telephone it if there is no answer.`;
  return {
    headline: `The desk has not delivered the new certificate${untilWhen(evidence)}`,
    remedy: `${ask}${quote} for mailbox ${evidence.environment?.mesh.mailboxId.toUpperCase() ?? ''}.`,
    calls: true,
    ...withCommand('renewals', evidence),
  };
}

const draftWaits = (evidence: Evidence): Wording => ({
  headline: `The ${requestOf(evidence)} is drafted and waits for you to send it to the desk${untilWhen(evidence)}`,
  ...withCommand('renewals resolve --sent', evidence),
});

const deployIt = (evidence: Evidence): Wording => ({
  headline: `The ${evidence.renewal?.first ? 'first' : 'new'} certificate has been issued and is not deployed yet${untilWhen(evidence)}`,
  ...evidence.renewal?.deployment,
});

/** As the catalogue has it, without what is true of only one of the modes. */
const madeByItself =
  'Usually nothing: the service makes the request in its next cycle, once a handshake has confirmed this machine’s clock (or the clock has run for 24 hours). If it cannot be made, the message says why. `mesh-cert-monitor renew --dry-run` shows it.';

const isIssued = ({ renewal }: Evidence) => renewal?.deployment !== undefined;

function keyGone(evidence: Evidence): Wording {
  const { keyFile } = evidence.renewal?.record ?? {};
  const again = evidence.renewal?.first ? 'request' : 'renew';
  const key = keyFile ? `${keyFile} in the state directory` : 'the key of the request';
  // Until somebody has said whether it arrived, no second request is sent.
  if (evidence.renewal?.state === 'uncertain')
    return {
      remedy: `Restore ${key} from a backup. ${whetherItArrived(evidence).ask} Without a backup, then run \`mesh-cert-monitor ${again}\`.`,
      calls: true,
      ...withCommand('renewals resolve --not-sent', evidence),
    };
  const another = isDraft(evidence)
    ? 'make a new request with the command below, and do not send the draft of the earlier one'
    : `send a new request with the command below, and tell ${desk(evidence)} that it replaces the earlier one`;
  return {
    remedy: `Restore ${key} from a backup. If there is none, ${another}.${whoForwards(evidence)}`,
    ...withCommand(again, evidence),
  };
}

/** Nothing is requested until a person asks, and nobody has. */
const isLeftToYou = ({ environment, renewal }: Evidence) =>
  environment?.renewal.mode === 'manual' && (renewal?.state ?? 'not_due') === 'not_due';

function leftToYou(evidence: Evidence): Wording {
  const notByItself = 'The service does not request the next certificate (`renewal.mode` is `manual`).';
  if (deskAddresses(evidence) === '') return { remedy: `${notByItself} If nobody has requested it yet, do so now.` };
  return {
    remedy: `${notByItself} If nobody else has requested it either, run the command below.${whoForwards(evidence)}`,
    ...withCommand('renew', evidence),
  };
}

const isAsked = (evidence: Evidence) => evidence.renewal?.state === 'requested' && !isDraft(evidence);

/** It is late before anybody is reminded, if `renewal.reminder_working_days` is more than the desk needs. */
function deskHasIt(evidence: Evidence, cause: Finding): Wording {
  const { now, renewal } = evidence;
  const [since, by] = [renewal?.record?.requestedAt, renewal?.answerDue];
  const headline = `The desk has the ${requestOf(evidence)}${untilWhen(evidence)}`;
  if (!since || !by) return { headline, ...withCommand('renewals', evidence) };
  if (londonIsoDay(now) > londonIsoDay(by)) return askDesk(evidence, cause);
  return {
    headline,
    remedy: `The desk has had the request since ${shortLondonDay(since)}; its answer is due by ${shortLondonDay(by)}. Until then there is nothing to do; after that, telephone it.`,
    ...withCommand('renewals', evidence),
  };
}

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
    consequences: ['renewal_due', 'renewal_overdue', 'renewal_unanswered', 'renewal_not_deployed', ...runningOut],
    says: keyGone,
  },
  {
    name: 'Nothing is sent while the clock is in doubt',
    cause: 'clock_stepped',
    consequences: ['renewal_due'],
    when: (evidence) => !isDraft(evidence),
  },
  {
    name: 'The desk has the request and too little time',
    cause: 'renewal_overdue',
    consequences: ['renewal_due', 'renewal_unanswered', ...runningOut],
    when: isAsked,
    says: askDesk,
  },
  {
    name: 'The request is drafted, and the desk has too little time once it is sent',
    cause: 'renewal_overdue',
    consequences: ['renewal_due', ...runningOut],
    when: isDraft,
    says: (evidence) => ({ ...draftWaits(evidence), calls: true }),
  },
  {
    name: 'The new certificate is here, and it is late to deploy it',
    cause: 'renewal_overdue',
    consequences: ['renewal_not_deployed', ...runningOut],
    when: isIssued,
    says: deployIt,
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
    says: askDesk,
  },
  {
    name: 'A renewal that is due is why the certificate runs out',
    cause: 'renewal_due',
    consequences: runningOut,
    says: (evidence, cause) =>
      isDraft(evidence)
        ? draftWaits(evidence)
        : {
            headline: `The certificate has to be renewed${untilWhen(evidence)}`,
            ...(evidence.renewal?.state === 'deployed'
              ? forwarding(cause, evidence)
              : { remedy: `${madeByItself}${whoForwards(evidence)}` }),
            ...withCommand('renew', evidence),
          },
  },
  ...runningOut.map(
    (cause): Rule => ({
      name: `The new certificate is here and has to be deployed (\`${cause}\`)`,
      cause,
      consequences: ['renewal_not_deployed'],
      when: isIssued,
      says: deployIt,
    }),
  ),
  {
    name: 'The new certificate is here, and there is time to deploy it',
    cause: 'renewal_not_deployed',
    consequences: ['first_certificate_awaited'],
    says: deployIt,
  },
  ...runningOut.map(
    (cause): Rule => ({
      name: `The desk has the request (\`${cause}\`)`,
      cause,
      when: isAsked,
      says: deskHasIt,
    }),
  ),
  ...runningOut.map(
    (cause): Rule => ({
      name: `Nobody has asked for the next certificate yet (\`${cause}\`)`,
      cause,
      when: isLeftToYou,
      says: leftToYou,
    }),
  ),
];
