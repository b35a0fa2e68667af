/** The dates that matter, as a calendar feed (RFC 5545): one event each, with an identity that stays while the certificate does. */
import { Router } from 'express';
import { ICalAlarmType, ICalCalendar, ICalEvent, type ICalEventData, ICalEventTransparency } from 'ical-generator';
import type { EnvironmentStatus } from '../status/index.ts';
import { type SafeText, say } from '../text/index.ts';
import { dayMs, londonDayOf } from '../time/index.ts';
import { inBatches, sendPieces } from './answers/pieces.ts';
import { readOnly } from './problem.ts';
import type { Shown } from './shown.ts';

const hourSeconds = 60 * 60;
/** Before the expiry: when there is still time to telephone the desk. */
const alarmSeconds = 14 * 24 * hourSeconds;
const lineOctets = 75;

export function calendarRoutes({ estate, now }: Shown): Router {
  const router = Router({ strict: true, caseSensitive: true });
  readOnly(router, '/calendar.ics', async (request, response) => {
    response.set({
      'Content-Type': 'text/calendar; charset=utf-8; method=PUBLISH',
      'Content-Disposition': 'inline; filename="mesh-certificates.ics"',
      'Cache-Control': 'no-store',
    });
    await sendPieces(request, response, calendar(estate().environments, now()));
  });
  return router;
}

/**
 * The feed in pieces. @param now - written as DTSTAMP, the moment at which the feed was made. CRLF line ends, folded at 75 octets.
 */
export function* calendar(environments: readonly EnvironmentStatus[], now: Date): Generator<string> {
  const feed = new ICalCalendar({
    name: 'MESH certificates',
    description: 'When certificates expire, and when the next ones are asked for.',
    prodId: { company: 'mesh-cert-monitor', product: 'calendar', language: 'EN' },
    ttl: hourSeconds,
  });
  const end = 'END:VCALENDAR';
  const frame = feed.toString();
  yield frame.slice(0, frame.lastIndexOf(end));
  // Event by event: the library folds a whole feed letter by letter, which takes seconds for thousands.
  yield* inBatches(
    environments,
    (batch) =>
      batch
        .flatMap((environment) => eventsOf(environment, now))
        .map((event) => fold(new ICalEvent(event, feed).toString()))
        .join(''),
    20,
  );
  yield end;
}

/** RFC 5545 §3.1: no line is longer than 75 octets; one that goes on begins with a space, and no character is cut in two. */
export function fold(text: string): string {
  return text.replaceAll(/[^\r\n]{25,}/g, (line) => (Buffer.byteLength(line) > lineOctets ? foldLine(line) : line));
}

function foldLine(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const length = Buffer.byteLength(character);
    const full = octets + length > lineOctets;
    folded += full ? `\r\n ${character}` : character;
    octets = full ? 1 + length : octets + length;
  }
  return folded;
}

function eventsOf(environment: EnvironmentStatus, now: Date): ICalEventData[] {
  const { name, application, mailboxId, expiresAt, certificates, renewal } = environment;
  const client = certificates.find(({ role }) => role === 'client')?.certificate;
  if (!client || !expiresAt) return [];
  const about = say`Application ${application}, mailbox ${mailboxId}, serial number ${client.serial}.`;
  const event = (kind: string, start: Date, summary: SafeText, more: SafeText): ICalEventData => ({
    id: `${kind}.${name}.${client.fingerprintSha256.slice(0, 16)}@mesh-cert-monitor`,
    start,
    stamp: now,
    summary,
    description: { plain: say`${about} ${more}` },
    transparency: ICalEventTransparency.TRANSPARENT,
  });
  const allDay = (kind: string, day: Date | undefined, summary: SafeText, more: SafeText): ICalEventData[] =>
    day ? [{ ...event(kind, londonDate(day), summary, more), allDay: true }] : [];
  return [
    ...allDay(
      'request',
      renewal.dueAt,
      say`Request for the next MESH certificate of ${name} goes out`,
      say`The renewal window opens.`,
    ),
    ...allDay(
      'last-safe-day',
      renewal.lastSafeDay,
      say`Last safe day to ask for the next MESH certificate of ${name}`,
      say`From tomorrow the desk has fewer working days to answer than it needs.`,
    ),
    {
      ...event(
        'expiry',
        expiresAt,
        say`MESH certificate of ${name} expires`,
        say`From this moment on MESH refuses it.`,
      ),
      alarms: [
        {
          type: ICalAlarmType.display,
          triggerBefore: alarmSeconds,
          description: say`MESH certificate of ${name} expires`,
        },
      ],
    },
  ];
}

/** London’s date as midnight UTC, which is how the library takes a whole day. */
function londonDate(moment: Date): Date {
  return new Date(londonDayOf(moment) * dayMs);
}
