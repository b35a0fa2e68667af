/**
 * Working days of the certificate desks: Monday to Friday without England's bank holidays, by the calendar of London. In a year that the table
 * of bank holidays does not cover, only weekends are excluded, so a deadline can be up to three days too late.
 */
import { bankHolidays } from './bank-holidays.ts';
import { dayMs, hourMs } from './duration.ts';
import { type LondonDay as Day, londonDayOf as dayOf } from './london.ts';

/** London is on UTC or one hour ahead, so its midnight is one of two instants. */
function startOf(day: Day): Date {
  const summer = new Date(day * dayMs - hourMs);
  return dayOf(summer) === day ? summer : new Date(day * dayMs);
}

const holidays: ReadonlySet<Day> = new Set(
  Object.entries(bankHolidays).flatMap(([year, days]) =>
    days.split(' ').map((day) => Date.parse(`${year}-${day}`) / dayMs),
  ),
);

function isWorking(day: Day): boolean {
  const date = new Date(day * dayMs);
  if (date.getUTCDay() === 0 || date.getUTCDay() === 6) return false;
  return !holidays.has(day);
}

/** Whether `at` falls on a working day in London. */
export function isWorkingDay(at: Date): boolean {
  return isWorking(dayOf(at));
}

/** Midnight in London at the start of the `count`th working day after the day of `from`, not counting that day. */
export function addWorkingDays(from: Date, count: number): Date {
  let day = dayOf(from);
  for (let left = count; left > 0; ) if (isWorking(++day)) left -= 1;
  return startOf(day);
}

/** Whole working days after the day of `from` and before the day of `to`; 0 if there are none. */
export function workingDaysBetween(from: Date, to: Date): number {
  let count = 0;
  for (let day = dayOf(from) + 1; day < dayOf(to); day += 1) if (isWorking(day)) count += 1;
  return count;
}

/** Whether `count` whole working days have passed since the day of `from`, not counting that day. True from the day after the last one. */
export function workingDaysHavePassed(from: Date, count: number, now: Date): boolean {
  return dayOf(now) > dayOf(addWorkingDays(from, count));
}

/** The last day, working or not, that has `needed` whole working days between it and the day of `notAfter`. */
function lastDayBefore(notAfter: Date, needed: number): Day {
  let day = dayOf(notAfter) - 1;
  for (let left = needed; left > 0; day -= 1) if (isWorking(day)) left -= 1;
  return day;
}

/**
 * Midnight in London at the start of the last working day on which a request still leaves the desk enough working days before the day of
 * `notAfter`. On a weekend after it there is still time, but nobody at work.
 * @param needed - how many that are.
 */
export function lastSafeDay(notAfter: Date, needed: number): Date {
  let day = lastDayBefore(notAfter, needed);
  while (!isWorking(day)) day -= 1;
  return startOf(day);
}

/** Midnight in London at the start of the last working day that ends before the day of `notAfter`. */
export function lastWorkingDayBefore(notAfter: Date): Date {
  let day = dayOf(notAfter) - 1;
  while (!isWorking(day)) day -= 1;
  return startOf(day);
}

/** Whether fewer working days are left than the desk needs. */
export function isTooLateToAsk(notAfter: Date, needed: number, now: Date): boolean {
  return dayOf(now) > lastDayBefore(notAfter, needed);
}
