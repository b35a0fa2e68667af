export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const unitMs = { ms: 1, s: secondMs, m: minuteMs, h: hourMs, d: dayMs } as const;

/**
 * A duration as the configuration writes it: a whole number and `d`, `h`, `m`, `s` or `ms`.
 * @returns milliseconds; undefined when the text is not a duration.
 * @example
 * parseDuration('14d'); // 1_209_600_000
 * parseDuration('1.5h'); // undefined
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : undefined;
}

/** Whole days from `now` until `then`, rounded down: 0 on the last day, -1 once it has passed. */
export function daysUntil(then: Date, now: Date): number {
  return Math.floor((then.getTime() - now.getTime()) / dayMs);
}

/** Unix time in seconds, as used by Prometheus. */
export function unixSeconds(time: Date): number {
  return time.getTime() / secondMs;
}
