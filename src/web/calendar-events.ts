/** The dates of one environment as events. Their UIDs stay the same as long as the certificate does. */
import { ICalAlarmType, type ICalEventData, ICalEventTransparency } from 'ical-generator';
import { isDrafted } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { type SafeText, say } from '../text/index.ts';
import { addWorkingDays, dayMs, hourMs, londonDayOf, secondMs } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { sentence } from './page/parts/words.ts';

/** Before the expiry, while there is still time to telephone the desk. */
const fortnightSeconds = (14 * dayMs) / secondMs;
/** After the midnight with which a whole day begins, when somebody is at work. */
const morningSeconds = (9 * hourMs) / secondMs;

interface Words {
  readonly kind: string;
  /** Begins with the application: a calendar holds the dates of several. */
  readonly summary: SafeText;
  readonly more: SafeText;
}

export function eventsOf(environment: EnvironmentStatus, now: Date): ICalEventData[] {
  const { expiresAt, certificates, renewal } = environment;
  const client = certificates.find(({ role }) => role === 'client')?.certificate;
  if (!client || !expiresAt) return [];
  const { name } = environment;
  const event = eventMaker(environment, client, now);
  const allDay = (day: Date | undefined, words: Words, more: Partial<ICalEventData> = {}): ICalEventData[] =>
    day ? [{ ...event(londonDate(day), words), allDay: true, ...more }] : [];
  const mayBeLate = !hasGone(environment);
  const expiry = {
    kind: 'expiry',
    summary: say`MESH certificate for ${name} expires`,
    more: say`From this moment MESH refuses it.${firstThing(environment)}`,
  };
  const lastSafe = {
    kind: 'last-safe-day',
    summary: say`Last safe day to request the next MESH certificate for ${name}`,
    more: say`The last working day on which a request leaves the desk the working days it needs to answer.`,
  };
  return [
    ...requestEvent(environment, allDay),
    ...allDay(renewal.lastSafeDay, lastSafe, mayBeLate ? ringing({ triggerAfter: morningSeconds }, lastSafe) : {}),
    ...answerEvent(environment, allDay),
    { ...event(expiresAt, expiry), ...ringing({ triggerBefore: fortnightSeconds }, expiry) },
  ];
}

type AllDay = (day: Date | undefined, words: Words) => ICalEventData[];

/** The request is with the desk, or was. */
const hasGone = ({ renewal }: EnvironmentStatus): boolean =>
  ['requested', 'issued', 'deployed'].includes(renewal.state) && !isDrafted(renewal);

/** When it goes out; when it was drafted, and by whom it is to be sent; when it went. */
function requestEvent(environment: EnvironmentStatus, allDay: AllDay): ICalEventData[] {
  const { name, renewal } = environment;
  const kind = 'request';
  if (isDrafted(renewal) && renewal.requestedAt)
    return allDay(renewal.requestedAt, {
      kind,
      summary: say`Request for the next MESH certificate for ${name} waits for you to send it`,
      more: say`${sentence(renewal.reason)}`,
    });
  if (hasGone(environment) && renewal.requestedAt)
    return allDay(renewal.requestedAt, {
      kind,
      summary: say`Next MESH certificate for ${name} requested`,
      more: say`${sentence(renewal.reason)}`,
    });
  return allDay(renewal.dueAt, {
    kind,
    summary: say`Request for the next MESH certificate for ${name} goes out`,
    more: say`The renewal window opens.`,
  });
}

/** Only while it is awaited. */
function answerEvent(environment: EnvironmentStatus, allDay: AllDay): ICalEventData[] {
  const { deskWorkingDays, name, renewal } = environment;
  if (renewal.state !== 'requested' || isDrafted(renewal) || !renewal.requestedAt) return [];
  return allDay(addWorkingDays(renewal.requestedAt, deskWorkingDays), {
    kind: 'answer',
    summary: say`Answer of the certificate desk for ${name} due`,
    more: say`If it has not come by the end of this day, ask the desk.`,
  });
}

function eventMaker(environment: EnvironmentStatus, client: Certificate, now: Date) {
  const { application, mailboxId, name, renewal } = environment;
  const about = say`Application ${application}, mailbox ${mailboxId}, serial number ${client.serial}.`;
  const modified = modifiedAt(environment, client, now);
  return (start: Date, { kind, more, summary }: Words): ICalEventData => ({
    id: `${kind}.${name}.${client.fingerprintSha256.slice(0, 16)}@mesh-cert-monitor`,
    start,
    stamp: now,
    // Grows with the renewal, and never shrinks as long as the certificate stays: clients drop an older version (RFC 5546 §2.1.4).
    sequence: renewal.record?.transitions.length ?? 0,
    lastModified: modified,
    // RFC 5546 §3.2.1 requires one. Nobody is to answer, so the address exists nowhere (RFC 2606 §2).
    organizer: { name: 'mesh-cert-monitor', email: 'no-reply@mesh-cert-monitor.invalid' },
    summary: say`${application}: ${summary}`,
    description: { plain: say`${about} ${more}` },
    transparency: ICalEventTransparency.TRANSPARENT,
  });
}

/** The dates are those of the certificate and of its renewal; what has to be done first is looked at with every check. */
function modifiedAt({ diagnosis, lastRunAt, renewal }: EnvironmentStatus, client: Certificate, now: Date): Date {
  const changes = [
    client.notBefore,
    renewal.record?.transitions.at(-1)?.at,
    diagnosis.cause ? lastRunAt : undefined,
  ].flatMap((at) => (at && at <= now ? [at.getTime()] : []));
  return changes.length > 0 ? new Date(Math.max(...changes)) : now;
}

const ringing = (
  when: { readonly triggerBefore: number } | { readonly triggerAfter: number },
  { summary }: Words,
): Pick<ICalEventData, 'alarms'> => ({
  alarms: [{ type: ICalAlarmType.display, ...when, description: summary }],
});

/** What needs doing now, where something does. */
function firstThing({ diagnosis }: EnvironmentStatus): string {
  return diagnosis.cause ? ` ${diagnosis.headline}. Do first: ${diagnosis.firstAction}` : '';
}

/** The date in London as midnight UTC, which is how the library expects a whole day. */
function londonDate(moment: Date): Date {
  return new Date(londonDayOf(moment) * dayMs);
}
