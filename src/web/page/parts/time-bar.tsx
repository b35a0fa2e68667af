import type { Standing } from './words.ts';

export interface Mark {
  readonly at: Date;
  readonly kind: 'window' | 'last-safe' | 'asked';
}

interface Props {
  readonly from: Date;
  readonly until: Date;
  readonly now: Date;
  readonly standing: Standing;
  readonly marks?: readonly Mark[];
}

const width = 1000;

/** The lifetime of a certificate as a line: the time passed, the time left, and the important dates. The dates are next to it as text. */
export function TimeBar({ from, until, now, standing, marks = [] }: Props) {
  const at = (time: Date) => {
    const part = (time.getTime() - from.getTime()) / Math.max(1, until.getTime() - from.getTime());
    return Math.round(Math.min(1, Math.max(0, part)) * width);
  };
  const today = at(now);
  const window = marks.find(({ kind }) => kind === 'window');
  return (
    <svg
      class={`time-bar time-bar--${standing}`}
      viewBox={`0 0 ${width} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="time-bar__over" x="0" y="6" width={today} height="12" />
      <rect class="time-bar__left" x={today} y="6" width={width - today} height="12" />
      {window && <rect class="time-bar__window" x={at(window.at)} y="20" width={width - at(window.at)} height="4" />}
      {marks
        .filter(({ kind }) => kind !== 'window')
        .map(({ kind, at: time }) => (
          <rect
            class={`time-bar__mark time-bar__mark--${kind}`}
            x={Math.max(0, at(time) - 2)}
            y="2"
            width="4"
            height="20"
          />
        ))}
      <rect class="time-bar__now" x={Math.min(width - 6, Math.max(0, today - 3))} y="0" width="6" height="24" />
    </svg>
  );
}
