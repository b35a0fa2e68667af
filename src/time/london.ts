/** Dates as people in England read them, in London time with the time zone. For a desk, the ISO form is added, so that nobody has to guess the zone. */
import { type SafeText, say } from '../text/index.ts';
import { dayMs } from './duration.ts';
import { londonOffsetMs } from './london-clock.ts';
import { rfc3339 } from './utc.ts';

const formatter = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', ...options });
const words = formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const clock = formatter({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
const twelveHours = formatter({ hour: 'numeric', minute: '2-digit', hour12: true });
const shortMonths = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
const digits = formatter({ year: 'numeric', month: '2-digit', day: '2-digit' });

type Part = Intl.DateTimeFormatPartTypes;

// Built from parts, because the commas vary between versions of ICU, and golden files lock the text.
function parts(format: Intl.DateTimeFormat, date: Date, types: readonly Part[], separator = ' '): string {
  const found = format.formatToParts(date);
  return types.map((type) => found.find((part) => part.type === type)?.value ?? '').join(separator);
}

/** A date of which the parts in UTC are London's; undefined for years that are not written with four digits. */
function asInLondon(date: Date): Date | undefined {
  const offset = londonOffsetMs(date);
  return offset === undefined ? undefined : new Date(date.getTime() + offset);
}

const isoDay = (date: Date) =>
  asInLondon(date)?.toISOString().slice(0, 10) ?? parts(digits, date, ['year', 'month', 'day'], '-');

function weekday(date: Date): string {
  const inLondon = asInLondon(date);
  if (!inLondon) return parts(words, date, ['weekday', 'day', 'month', 'year']);
  const [day, month] = [weekdays[inLondon.getUTCDay()], months[inLondon.getUTCMonth()]];
  return `${day} ${inLondon.getUTCDate()} ${month} ${inLondon.getUTCFullYear()}`;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

const hours = (date: Date) => `${parts(clock, date, ['hour', 'minute'], ':')} ${parts(clock, date, ['timeZoneName'])}`;

/** `Friday 22 January 2027 (2027-01-22)`, the day in London. */
export const londonDay = (date: Date): SafeText => say`${weekday(date)} (${isoDay(date)})`;

/** `Friday 22 January 2027 at 13:00 GMT (2027-01-22T13:00:00Z)`. */
export const londonTime = (date: Date): SafeText => say`${weekday(date)} at ${hours(date)} (${rfc3339(date)})`;

/** `2027-01-22`, the day in London: for tables and JSON. */
export const londonIsoDay = (date: Date): SafeText => say`${isoDay(date)}`;

/** `22 January 2027` */
export const shortLondonDay = (date: Date): SafeText => say`${parts(words, date, ['day', 'month', 'year'])}`;

/** `22 Jan 2027`, for tables. */
export const shortestLondonDay = (date: Date): SafeText => say`${parts(shortMonths, date, ['day', 'month', 'year'])}`;

/** `1pm`, `9:30am`, `midday`, `midnight`: as the NHS digital service manual writes times. */
export function nhsClock(date: Date): SafeText {
  const time = `${parts(twelveHours, date, ['hour', 'minute'], ':').replace(':00', '')}${parts(twelveHours, date, ['dayPeriod']).toLowerCase()}`;
  if (time === '12pm') return say`midday`;
  return time === '12am' ? say`midnight` : say`${time}`;
}

/** `22 January 2027 at 1pm`. At midnight, which could be either end of a day: `22 January 2027 at midnight (start of day)`. */
export function shortLondonTime(date: Date): SafeText {
  const time = nhsClock(date);
  return say`${shortLondonDay(date)} at ${time}${time === 'midnight' ? ' (start of day)' : ''}`;
}

/** A calendar day in London, as days since 1970-01-01, so that daylight saving has no effect. */
export type LondonDay = number;

/** The day of London’s calendar on which `at` falls. */
export function londonDayOf(at: Date): LondonDay {
  const offset = londonOffsetMs(at);
  return offset === undefined ? Date.parse(isoDay(at)) / dayMs : Math.floor((at.getTime() + offset) / dayMs);
}
