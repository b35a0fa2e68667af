/** The important dates as a calendar feed (RFC 5545): one event for each, whose UID stays the same as long as the certificate does. */
import { Router } from 'express';
import { ICalAlarmRelatesTo, ICalCalendar, ICalCalendarMethod, ICalEvent } from 'ical-generator';
import type { EnvironmentStatus } from '../status/index.ts';
import { inBatches, sendPieces } from './answers/pieces.ts';
import { eventsOf } from './calendar-events.ts';
import { readOnly } from './problem.ts';
import type { Shown } from './shown.ts';

const hourSeconds = 60 * 60;
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
    method: ICalCalendarMethod.PUBLISH,
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
        .map((event) => fold(textOf(new ICalEvent(event, feed))))
        .join(''),
    20,
  );
  yield `${end}\r\n`;
}

/** The library forgets what an alarm relates to, and counts one after the start from the end. */
function textOf(event: ICalEvent): string {
  for (const alarm of event.alarms()) alarm.relatesTo(ICalAlarmRelatesTo.start);
  return event.toString();
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
