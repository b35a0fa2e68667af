import { DerError, type DerValue, tags } from './der.ts';

const forms = {
  [tags.utcTime]: /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
  [tags.generalizedTime]: /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
} as const;

/** RFC 5280 §4.1.2.5: UTCTime to 2049, GeneralizedTime from 2050, both in UTC (Z), with seconds and without fractions. */
export function time(value: DerValue, what: string): Date {
  if (value.tag !== tags.utcTime && value.tag !== tags.generalizedTime) throw new DerError(`${what} is not a time`);
  return timeFrom(value.body, value.tag, what);
}

/** For times under an implicit tag. */
export function timeFrom(body: Uint8Array, form: keyof typeof forms, what: string): Date {
  const match = forms[form].exec(Buffer.from(body).toString('latin1'));
  if (!match) throw new DerError(`${what} is not a time in the form that RFC 5280 asks for`);
  const [written = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const year = form === tags.utcTime ? utcYear(written) : written;
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; setUTCFullYear does not.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!real || date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second) {
    throw new DerError(`${what} is a time that no calendar has`);
  }
  return date;
}

/** RFC 5280 §4.1.2.5.1: 50 is 1950, 49 is 2049. */
const utcYear = (twoDigits: number): number => (twoDigits >= 50 ? 1900 : 2000) + twoDigits;
