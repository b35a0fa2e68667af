/** What happens next in a renewal, and whose turn it is. Pure. */
import { catalogue } from '../../../findings/index.ts';
import { isDrafted, type RenewalRecord, type RenewalState, type RenewalStatus } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { ourCommand } from '../../../text/index.ts';
import { addWorkingDays, shortLondonDay, workingDaysHavePassed } from '../../../time/index.ts';

export type Turn = 'you' | 'desk' | 'service' | 'nobody' | 'finished';

export const turnWords: Readonly<Record<Turn, string>> = {
  you: 'Your turn',
  desk: 'Desk’s turn',
  service: 'Service’s turn',
  nobody: 'Nobody’s turn',
  finished: 'Finished',
};

export interface Next {
  readonly turn: Turn;
  /** One sentence, with code in backticks. */
  readonly words: string;
}

/** Where its commands work, and when. */
interface Circumstances {
  readonly configurationFile: string;
  readonly now: Date;
}

/** What a record alone says: of an environment that is no longer configured, too. @param deskWorkingDays - that the desk needs to answer */
export function nextOfRecord(record: RenewalRecord, deskWorkingDays: number | undefined, at: Circumstances): Next {
  return runnable(ofRecord(record, deskWorkingDays, at.now), { name: record.environment }, at);
}

/** With what is found in the environment, which may need somebody first. */
export function nextOf(environment: EnvironmentStatus, at: Circumstances): Next {
  return runnable(ofEnvironment(environment, at.now), environment, at);
}

/** Every command with its configuration and environment, so that it runs as it is shown. */
const runnable = (
  { turn, words }: Next,
  { name, renewal }: Pick<EnvironmentStatus, 'name'> & Partial<Pick<EnvironmentStatus, 'renewal'>>,
  { configurationFile }: Circumstances,
): Next => ({
  turn,
  words: words.replace(
    /`mesh-cert-monitor ([a-z]+(?: [a-z]+)*)((?: --[a-z-]+)*)`/g,
    (_, command: string, options: string) => {
      // Where a certificate is shared, its renewal may be recorded under another name.
      const environment = (command === 'renewals resolve' ? renewal?.record?.environment : undefined) ?? name;
      return `\`${ourCommand(command, { configurationFile, environment }, options.trim())}\``;
    },
  ),
});

function ofRecord(record: RenewalRecord, deskWorkingDays: number | undefined, now: Date): Next {
  if (record.closedAt) return { turn: 'finished', words: 'Nothing: this renewal is finished.' };
  const isLate =
    record.requestedAt !== undefined &&
    deskWorkingDays !== undefined &&
    workingDaysHavePassed(record.requestedAt, deskWorkingDays, now);
  return ofState[record.state]({ record, isLate, deskWorkingDays });
}

function ofEnvironment(environment: EnvironmentStatus, now: Date): Next {
  const { deskWorkingDays, findings, renewal, renewalWindowMs } = environment;
  const { dueAt, first, record, state } = renewal;
  const has = (code: string) => findings.some((each) => each.code === code);
  if (first === 'not_requested') return you('Request the first certificate: `mesh-cert-monitor request`.');
  if (first === 'awaited' && !record) return desk('Waiting for the desk to send the first certificate.');
  if (has('renewal_key_missing')) return you('The new private key is gone: run `mesh-cert-monitor renew`.');
  const isLate = has('renewal_overdue');
  if (isLate && state === 'requested')
    return you(
      isDrafted(renewal)
        ? `Send the drafted email to the desk now, and ${telephone}. Then run \`mesh-cert-monitor renewals resolve --sent\`.`
        : 'It is too late for the desk’s usual time: telephone the desk and quote the request.',
    );
  if (state === 'due' && has('renewal_email_failed'))
    return you(
      `The request could not be sent: put right what the environment’s page names${isLate ? `, then ${telephone}` : ''}.`,
    );
  if (isLate && state === 'due') return you(`The service makes the request ${when(renewal)}. Then ${telephone}.`);
  if (state === 'due') return service(`The service makes the request ${when(renewal)}.`);
  if (record && state !== 'not_due') return ofRecord(record, deskWorkingDays, now);
  if (renewalWindowMs === undefined) {
    const runsOut = environment.findings.find(({ code }) => code.startsWith('certificate_expire'));
    if (runsOut)
      return you(
        `${runsOut.code === 'certificate_expired' ? 'It has expired' : 'It expires soon'}: request the next certificate, if nobody has.`,
      );
    return { turn: 'nobody', words: 'Nothing is requested until you ask for it.' };
  }
  if (!dueAt) return service('Nothing is known of the certificate yet.');
  if (state === 'not_due' && dueAt > now)
    return service(`The service will make the next request on ${shortLondonDay(dueAt)}.`);
  return service('The service makes the request in its next check.');
}

/** Until the clock is confirmed nothing is sent by it. */
const when = ({ clockDoubt }: RenewalStatus) =>
  clockDoubt === undefined
    ? 'in its next check'
    : 'once a handshake has confirmed this machine’s clock, or the clock has run for 24 hours';

const telephone = 'telephone the desk, because it is too late for its usual time';

interface Known {
  readonly record: RenewalRecord;
  readonly isLate: boolean;
  readonly deskWorkingDays: number | undefined;
}

const ofState: Readonly<Record<RenewalState, (known: Known) => Next>> = {
  not_due: () => service('The service will make the next request when the renewal window opens.'),
  due: () => service('The service makes the request in its next check.'),
  sending: () => service('The service is sending the request.'),
  requested: ({ record, isLate, deskWorkingDays }) => {
    if (record.delivery === 'drafted')
      return you('Send the drafted email to the desk, then run `mesh-cert-monitor renewals resolve --sent`.');
    if (isLate) return you('The desk is late: reply to the request, or telephone the desk.');
    const by =
      record.requestedAt && deskWorkingDays !== undefined && addWorkingDays(record.requestedAt, deskWorkingDays);
    return desk(by ? `The desk’s answer is due by ${shortLondonDay(by)}.` : 'Waiting for the desk to answer.');
  },
  uncertain: () =>
    you('Find out whether the request arrived, then run `mesh-cert-monitor renewals resolve --sent` or `--not-sent`.'),
  issued: () => you('Deploy the certificate that came back.'),
  deployed: () => service('The service waits until MESH has accepted the new certificate.'),
  failed: ({ record }) => you(`Put right what stopped the email, then run \`mesh-cert-monitor ${again(record)}\`.`),
};

/** The first certificate of an environment replaces none. */
const again = ({ notAfter }: RenewalRecord) => (notAfter === undefined ? 'request' : 'renew');

const you = (words: string): Next => ({ turn: 'you', words });
const desk = (words: string): Next => ({ turn: 'desk', words });
const service = (words: string): Next => ({ turn: 'service', words });

/** Whether a step to `requested` only drafted the request: the confirmation that it was sent is a step of its own. */
export function wasDrafted({ transitions, delivery }: RenewalRecord, index: number): boolean {
  const [step, following] = [transitions[index], transitions[index + 1]];
  return step?.state === 'requested' && (following?.state === 'requested' || delivery === 'drafted');
}

/** Who had to act after this state had been reached. */
export function turnAfter(state: RenewalState, wasDrafted: boolean): Turn {
  if (state === 'requested') return wasDrafted ? 'you' : 'desk';
  if (state === 'uncertain' || state === 'issued' || state === 'failed') return 'you';
  return 'service';
}

export interface Upcoming {
  readonly environment: EnvironmentStatus;
  readonly next: Next;
}

/** Every environment that has renewals, the most urgent first: what is critical, what needs you, the desk, the service; then the first to expire. */
export function mostUrgentFirst(environments: readonly EnvironmentStatus[], at: Circumstances): Upcoming[] {
  return environments
    .filter(({ credentialConfigured }) => credentialConfigured)
    .map((environment) => {
      const next = nextOf(environment, at);
      return { environment, next, rank: rankOf(environment, next) };
    })
    .sort((a, b) => a.rank - b.rank || expiry(a) - expiry(b) || (a.environment.name < b.environment.name ? -1 : 1));
}

const turns: readonly Turn[] = ['you', 'desk', 'service', 'nobody', 'finished'];

function rankOf({ findings, renewal }: EnvironmentStatus, { turn }: Next): number {
  const about = findings.filter(({ code, severity }) => severity !== 'info' && catalogue[code].group === 'renewal');
  if (about.some(({ severity }) => severity === 'critical')) return -1;
  const waits = renewal.state === 'not_due' && turn === 'service';
  return turns.indexOf(turn) * 2 + (waits ? 1 : 0);
}

const expiry = ({ environment: { expiresAt } }: Upcoming) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
