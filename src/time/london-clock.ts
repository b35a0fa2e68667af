/** How far London's clocks are ahead of UTC. */
import { dayMs } from './duration.ts';

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  hourCycle: 'h23',
});

/** From ICU's tables, which takes fifty times as long as everything else about a date. */
function asked(at: number): number {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of clock.formatToParts(at)) found[type] = value;
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(found[type]);
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return shown.getTime() - Math.floor(at / 1000) * 1000;
}

/** By day of UTC, at its start. */
const known = new Map<number, number>();
/** Thirty years, one entry for each day. */
const mostKnown = 11_000;

function atStartOf(day: number): number {
  const before = known.get(day);
  if (before !== undefined) return before;
  if (known.size >= mostKnown) known.clear();
  const offset = asked(day * dayMs);
  known.set(day, offset);
  return offset;
}

/** From these years on and up to these, a year has four digits and no era. */
const [from, to] = [Date.UTC(1900, 0, 2), Date.UTC(9999, 11, 30)];

/** Milliseconds. A clock is not changed twice in one day, so a day that starts and ends with the same offset has it throughout. */
export function londonOffsetMs(at: Date): number | undefined {
  const time = at.getTime();
  if (!(time >= from && time <= to)) return undefined;
  const day = Math.floor(time / dayMs);
  const [start, end] = [atStartOf(day), atStartOf(day + 1)];
  return start === end ? start : asked(time);
}
