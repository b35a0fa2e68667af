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

/**
 * Whole days from `now` until `then`: 0 on the last day. Once it has passed, whole days since then with a minus, but -1 from the first moment,
 * so that it is never 0.
 */
export function daysUntil(then: Date, now: Date): number {
  const ms = then.getTime() - now.getTime();
  return ms < 0 ? Math.min(-1, Math.ceil(ms / dayMs)) : Math.floor(ms / dayMs);
}

/** Unix time in seconds, as used by Prometheus. */
export function unixSeconds(time: Date): number {
  return time.getTime() / secondMs;
}
