/** The important dates as a calendar feed (RFC 5545): one event for each, whose UID stays the same as long as the certificate does. */
import { Router } from 'express';
import { ICalAlarmType, ICalCalendar, ICalEvent, type ICalEventData, ICalEventTransparency } from 'ical-generator';
import type { EnvironmentStatus } from '../status/index.ts';
import { type SafeText, say } from '../text/index.ts';
import { dayMs, londonDayOf } from '../time/index.ts';
import { inBatches, sendPieces } from './answers/pieces.ts';
import { readOnly } from './problem.ts';
import type { Shown } from './shown.ts';

const hourSeconds = 60 * 60;
/** Before the expiry, while there is still time to telephone the desk. */
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
 * The feed in pieces, with CRLF line endings, folded at 75 octets.
 * @param now - the DTSTAMP: when the feed was made.
 */
export function* calendar(environments: readonly EnvironmentStatus[], now: Date): Generator<string> {
  const feed = new ICalCalendar({
    name: 'MESH certificates',
    description: 'When certificates expire, and when the next ones are requested.',
    prodId: { company: 'mesh-cert-monitor', product: 'calendar', language: 'EN' },
    ttl: hourSeconds,
  });
  const end = 'END:VCALENDAR';
  const frame = feed.toString();
  yield frame.slice(0, frame.lastIndexOf(end));
  // One event at a time: the library folds a whole feed character by character, which takes seconds for thousands of events.
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

/** RFC 5545 §3.1: no line is longer than 75 octets. A continuation line starts with a space, and no character is split. */
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
      say`Request for the next MESH certificate for ${name} goes out`,
      say`The renewal window opens.`,
    ),
    ...allDay(
      'last-safe-day',
      renewal.lastSafeDay,
      say`Last safe day to request the next MESH certificate for ${name}`,
      say`The last working day on which a request leaves the desk the working days it needs to answer.`,
    ),
    {
      ...event(
        'expiry',
        expiresAt,
        say`MESH certificate for ${name} expires`,
        say`From this moment MESH refuses it.${firstThing(environment)}`,
      ),
      alarms: [
        {
          type: ICalAlarmType.display,
          triggerBefore: alarmSeconds,
          description: say`MESH certificate for ${name} expires`,
        },
      ],
    },
  ];
}

/** What needs doing now, where something does. */
function firstThing({ diagnosis }: EnvironmentStatus): string {
  return diagnosis.cause ? ` ${diagnosis.headline}. Do first: ${diagnosis.firstAction}` : '';
}

/** The date in London as midnight UTC, which is how the library expects a whole day. */
function londonDate(moment: Date): Date {
  return new Date(londonDayOf(moment) * dayMs);
}
