/** Dates and spans as people read them; always UTC, and said so. */
import { dayMs, hourMs } from '../time/index.ts';

/** `2026-12-22` */
export function day(time: Date): string {
  return time.toISOString().replace(/T.*/, '');
}

/** `2026-12-22 09:30:00 UTC`, with spaces that do not break. */
export function moment(time: Date): string {
  return time.toISOString().replace(/T(.{8}).*/, '\u00a0$1\u00a0UTC');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `295 days left`, `3 hours left`, `expired 2 days ago`. RFC 5280 §4.1.2.5: the moment of notAfter itself still counts. */
export function timeLeft(notAfter: Date, now: Date): string {
  const leftMs = notAfter.getTime() - now.getTime();
  return leftMs < 0 ? `expired ${span(-leftMs)} ago` : `${span(leftMs)} left`;
}

function span(ms: number): string {
  if (ms >= dayMs) return plural(Math.floor(ms / dayMs), 'day');
  return ms >= hourMs ? plural(Math.floor(ms / hourMs), 'hour') : 'less than an hour';
}

/** `2 ms`, `1.25 s`, with a space that does not break. */
export function elapsed(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)}\u00a0ms` : `${seconds.toFixed(2)}\u00a0s`;
}
