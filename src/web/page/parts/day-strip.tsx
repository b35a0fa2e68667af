import type { Status } from '../../../findings/index.ts';
import { type PastStates, pastDays } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import { standingWords } from './words.ts';

const height = 12;
/** The worse, the taller, so that the colour is not needed. */
const tall: Readonly<Record<Status, number>> = { ok: 4, warning: 8, critical: height };

/** The last ninety days from the left to today, each in the colour of its worst state. {@link stripWords} says the same. */
export function DayStrip({ days }: Pick<PastStates, 'days'>) {
  return (
    <svg class="day-strip" viewBox={`0 0 ${pastDays} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="day-strip__ground" x="0" y={height - 1} width={pastDays} height="1" />
      {runsOf(days).map(({ status, from, length }) => (
        <rect
          class={`day-strip__run day-strip__run--${status}`}
          x={from}
          y={height - tall[status]}
          width={length}
          height={tall[status]}
        />
      ))}
    </svg>
  );
}

interface Run {
  readonly status: Status;
  readonly from: number;
  readonly length: number;
}

/** Days in the same state, side by side. */
function runsOf(days: PastStates['days']): Run[] {
  const runs: Run[] = [];
  days.forEach((status, day) => {
    const last = runs.at(-1);
    if (!status) return;
    if (last?.status === status && last.from + last.length === day)
      runs.splice(-1, 1, { ...last, length: last.length + 1 });
    else runs.push({ status, from: day, length: 1 });
  });
  return runs;
}

/** `Act now on 4 days, OK on 80 days, not watched on 6 days` */
export function stripWords(days: PastStates['days']): string {
  const count = (wanted: Status | undefined) => days.filter((each) => each === wanted).length;
  const parts = [
    ...(['critical', 'warning', 'ok'] as const).map((status) => [count(status), standingWords[status]] as const),
    [count(undefined), 'not watched'] as const,
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${what} on ${plural(number, 'day')}`)
    .join(', ');
}
