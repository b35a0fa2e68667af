/** Dates as a service desk in England reads them, with the ISO form beside them so that nobody has to guess the zone. */

const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const isoDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London' });

// From parts: the commas between them come and go with versions of ICU, and the words are locked by golden files.
function words(format: Intl.DateTimeFormat, date: Date, types: readonly Intl.DateTimeFormatPartTypes[]): string[] {
  const parts = format.formatToParts(date);
  return types.map((type) => parts.find((part) => part.type === type)?.value ?? '');
}

/** `Friday 22 January 2027 (2027-01-22)`, the day it is in London. */
export function londonDay(date: Date): string {
  return `${words(day, date, ['weekday', 'day', 'month', 'year']).join(' ')} (${isoDay.format(date)})`;
}

/** `Friday 22 January 2027 at 13:00 GMT (2027-01-22T13:00:00Z)`. */
export function londonTime(date: Date): string {
  const [hour, minute, zone] = words(clock, date, ['hour', 'minute', 'timeZoneName']);
  const iso = date.toISOString().replace(/\.\d{3}Z$/, 'Z');
  return `${words(day, date, ['weekday', 'day', 'month', 'year']).join(' ')} at ${hour}:${minute} ${zone} (${iso})`;
}
