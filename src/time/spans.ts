/** Lengths of time as people say them. */
import { plural, type SafeText, say } from '../text/index.ts';
import { dayMs, daysUntil, hourMs, minuteMs, secondMs } from './duration.ts';

/** `2 ms`, `1.25 s` */
export const elapsed = (seconds: number): SafeText =>
  seconds < 1 ? say`${Math.round(seconds * 1000)} ms` : say`${seconds.toFixed(2)} s`;

/** In the unit a person would use: `49 days`, `5 hours`, `3 minutes`, `12 seconds`. @param ms - not negative. */
function spanWords(ms: number): SafeText {
  if (ms >= 2 * dayMs) return plural(Math.floor(ms / dayMs), 'day');
  if (ms >= 2 * hourMs) return plural(Math.floor(ms / hourMs), 'hour');
  if (ms >= 2 * minuteMs) return plural(Math.floor(ms / minuteMs), 'minute');
  return plural(Math.max(0, Math.floor(ms / secondMs)), 'second');
}

/** `3 minutes ago`, `in 49 days`, `just now`. */
export function relativeWords(time: Date, now: Date): SafeText {
  const ms = time.getTime() - now.getTime();
  if (Math.abs(ms) < 5 * secondMs) return say`just now`;
  return ms < 0 ? say`${spanWords(-ms)} ago` : say`in ${spanWords(ms)}`;
}

/** `in 12 days`, `in less than a day`. @param then - not before `now`. */
export function inDays(then: Date, now: Date): SafeText {
  const days = daysUntil(then, now);
  return days < 1 ? say`in less than a day` : say`in ${plural(days, 'day')}`;
}

/** `295 days left`, `3 hours left`, `expired 2 days ago`. RFC 5280 §4.1.2.5: the certificate is still valid at notAfter itself. */
export function timeLeft(notAfter: Date, now: Date): SafeText {
  const leftMs = notAfter.getTime() - now.getTime();
  return leftMs < 0 ? say`expired ${daysOrHours(-leftMs)} ago` : say`${daysOrHours(leftMs)} left`;
}

function daysOrHours(ms: number): SafeText {
  if (ms >= dayMs) return plural(Math.floor(ms / dayMs), 'day');
  return ms >= hourMs ? plural(Math.floor(ms / hourMs), 'hour') : say`less than an hour`;
}
