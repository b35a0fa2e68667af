/** Durations, dates and times as people read them, London's calendar and the working days of England. */
export { dayMs, daysUntil, hourMs, minuteMs, parseDuration, secondMs, unixSeconds } from './duration.ts';
export {
  londonDay,
  londonDayOf,
  londonIsoDay,
  londonTime,
  nhsClock,
  shortestLondonDay,
  shortLondonDay,
  shortLondonTime,
} from './london.ts';
export { elapsed, inDays, relativeWords, timeLeft } from './spans.ts';
export { rfc3339, utcDay, utcTime } from './utc.ts';
export {
  addWorkingDays,
  isTooLateToAsk,
  lastSafeDay,
  lastWorkingDayBefore,
  workingDaysBetween,
  workingDaysHavePassed,
} from './working-days.ts';
