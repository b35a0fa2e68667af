/** Parses command-line values. An invalid value is rejected with a message about what was expected. */
import { InvalidArgumentError } from 'commander';
import { isTreacherous } from '../text/index.ts';
import { parseDuration } from '../time/index.ts';

// RFC 3339 §5.6: date and time with an offset; T and Z can be lower case.
const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-](\d{2}):(\d{2}))$/;

export function parseTime(text: string): Date {
  const [, year, month, day, hour, minute, second, offsetHour = '0', offsetMinute = '0'] = rfc3339.exec(text) ?? [];
  const time = new Date(text.toUpperCase());
  const possible =
    year !== undefined &&
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(year), Number(month)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHour) <= 23 &&
    Number(offsetMinute) <= 59;
  if (!possible || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Expected a time with its offset (RFC 3339), such as 2027-03-01T09:00:00Z.');
  return time;
}

/** 0 for a month that does not exist. `Date` would read 31 April as 1 May. */
function daysIn(year: number, month: number): number {
  return month >= 1 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0;
}

export function parseSpan(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 90d, 12h or 30m.');
  return ms;
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new InvalidArgumentError('Expected a port between 0 and 65535; 0 takes any free one.');
  return port;
}

/** For one line of an email: a line break in it would start another. */
export function parseLine(text: string): string {
  const line = text.trim();
  if (line === '' || line.length > 200 || isTreacherous(line))
    throw new InvalidArgumentError('Expected one line of text, at most 200 characters.');
  return line;
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
