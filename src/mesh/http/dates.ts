/** RFC 9110 §5.6.7, the only form that a server may send. `Date.parse` alone would read `1` as a year. */
const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export function httpDate(text = ''): Date | undefined {
  const time = imfFixdate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** Ours minus theirs, in seconds. Theirs has whole seconds only. */
export function skewSeconds(ours: Date, date: string | undefined): number | undefined {
  const theirs = httpDate(date);
  return theirs && (ours.getTime() - theirs.getTime()) / 1000;
}

/** A request to wait longer than a day is not meant seriously. */
const mostSeconds = 86_400;

/** RFC 9110 §10.2.3: seconds, or a date, which is read by the server's own clock if the answer has a Date. */
export function retryAfterSeconds(text: string | undefined, now: Date, date: string | undefined): number | undefined {
  const until = httpDate(text);
  const from = httpDate(date) ?? now;
  const seconds = until
    ? (until.getTime() - from.getTime()) / 1000
    : /^\d{1,9}$/.test(text ?? '')
      ? Number(text)
      : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(mostSeconds, Math.max(0, Math.ceil(seconds)));
}
