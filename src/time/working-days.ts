/**
 * Working days of the certificate desks: Monday to Friday without England's bank holidays, by the calendar of London. In a year that the table
 * of bank holidays does not cover, only weekends are off: a deadline may then come up to three days later than it should.
 */
import { bankHolidays } from './bank-holidays.ts';
import { dayMs, hourMs } from './duration.ts';
import { type LondonDay as Day, londonDayOf as dayOf } from './london.ts';

/** London is at UTC or an hour ahead of it, so its midnight is one of two instants. */
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

/** Whether the desks work on the day of London's calendar that `at` falls on. */
export function isWorkingDay(at: Date): boolean {
  return isWorking(dayOf(at));
}

/** Midnight in London at the start of the `count`th working day after the day of `from`, which itself does not count. */
export function addWorkingDays(from: Date, count: number): Date {
  let day = dayOf(from);
  for (let left = count; left > 0; ) if (isWorking(++day)) left -= 1;
  return startOf(day);
}

/** Whole working days after the day of `from` and before the day of `to`; 0 when there are none. */
export function workingDaysBetween(from: Date, to: Date): number {
  let count = 0;
  for (let day = dayOf(from) + 1; day < dayOf(to); day += 1) if (isWorking(day)) count += 1;
  return count;
}

/** Whether `count` whole working days have gone by since the day of `from`, that day not counted: true from the day after the last. */
export function workingDaysHavePassed(from: Date, count: number, now: Date): boolean {
  return dayOf(now) > dayOf(addWorkingDays(from, count));
}

/**
 * Midnight in London at the start of the last day on which asking leaves the desk its working days, all of them before the day of `notAfter`.
 * @param needed - how many that are.
 */
export function lastSafeDay(notAfter: Date, needed: number): Date {
  let day = dayOf(notAfter) - 1;
  for (let left = needed; left > 0; day -= 1) if (isWorking(day)) left -= 1;
  return startOf(day);
}

/** Midnight in London at the start of the last working day that is over before the day of `notAfter`. */
export function lastWorkingDayBefore(notAfter: Date): Date {
  let day = dayOf(notAfter) - 1;
  while (!isWorking(day)) day -= 1;
  return startOf(day);
}

/** Whether the last safe day is over: fewer working days are left than the desk needs. */
export function isTooLateToAsk(notAfter: Date, needed: number, now: Date): boolean {
  return dayOf(now) > dayOf(lastSafeDay(notAfter, needed));
}
