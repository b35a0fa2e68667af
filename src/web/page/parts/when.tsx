import { dayWords, relativeWords, timeWords, utc } from './words.ts';

/** `22 January 2027, 13:00 GMT` */
export const Moment = ({ time }: { time: Date }) => <time datetime={utc(time)}>{timeWords(time)}</time>;

/** `22 January 2027` */
export const Day = ({ time }: { time: Date }) => <time datetime={utc(time)}>{dayWords(time)}</time>;

/** `3 minutes ago` */
export const Relative = ({ time, now }: { time: Date; now: Date }) => (
  <time datetime={utc(time)}>{relativeWords(time, now)}</time>
);
