/** The kinds of values that several keys of the configuration have. */
import * as z from 'zod';
import { dayMs, minuteMs } from '../time/index.ts';
import * as formats from './formats.ts';
import { text } from './shapes.ts';

function duration(leastMs: number, mostMs: number, range: string) {
  return text(`a duration such as 14d, 12h or 90s, ${range}`, formats.duration, formats.isWithin(leastMs, mostMs));
}
export const timeout = () => duration(1, 10 * minuteMs, 'more than zero and at most 10m');
export const period = () => duration(1, 3650 * dayMs, 'more than zero and at most 3650d');

export const list = <Item extends z.ZodType>(item: Item, what: string) => z.array(item, { error: `a list of ${what}` });

export const line = (what: string) =>
  text(`${what}: one line of text, at most 200 characters`, formats.oneLine, formats.isPlain);
export const odsCode = () =>
  text('an ODS code of 3 to 12 letters and digits, in quotes if it looks like a number', formats.odsCode);
export const email = () => text('an email address', formats.emailAddress);
