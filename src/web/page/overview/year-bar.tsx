import { dayMs } from '../../../time/index.ts';
import type { Life } from '../parts/expiry.ts';
import type { Standing } from '../parts/words.ts';

const yearMs = 365 * dayMs;
const width = 1000;

interface Props {
  readonly life: Life;
  readonly now: Date;
  readonly standing: Standing;
}

/** The next twelve months from the left, filled until the certificate expires, so that rows can be compared at a glance. The date is below. */
export function YearBar({ life: { until, marks }, now, standing }: Props) {
  const at = (time: Date) => Math.round(Math.min(1, Math.max(0, (time.getTime() - now.getTime()) / yearMs)) * width);
  const left = at(until);
  const coming = marks.filter(
    (mark) => mark.kind !== 'asked' && mark.at > now && mark.at < until && at(mark.at) < width,
  );
  return (
    <svg
      class={`year-bar year-bar--${standing}${left === 0 ? ' year-bar--over' : ''}`}
      viewBox={`0 0 ${width} 16`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="year-bar__track" x="0" y="3" width={width} height="10" />
      <rect class="year-bar__left" x="0" y="3" width={left} height="10" />
      {coming.map((mark) => (
        <rect
          class={`year-bar__mark year-bar__mark--${mark.kind}`}
          x={Math.max(0, at(mark.at) - 4)}
          y="0"
          width="8"
          height="16"
        />
      ))}
    </svg>
  );
}
