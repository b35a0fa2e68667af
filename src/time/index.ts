/** Durations, London's calendar and the working days of England. */
export { dayMs, daysUntil, hourMs, minuteMs, parseDuration, secondMs, unixSeconds } from './duration.ts';
export { londonDay, londonTime } from './london.ts';
export {
  deskWorkingDays,
  isTooLateToAsk,
  lastSafeDay,
  lastWorkingDayBefore,
  workingDaysBetween,
  workingDaysHavePassed,
} from './working-days.ts';
