import { londonIsoDay, relativeWords, rfc3339, shortLondonDay, shortLondonTime } from '../../../time/index.ts';

/** `22 January 2027, 13:00 GMT` */
export const Moment = ({ time }: { time: Date }) => <time datetime={rfc3339(time)}>{shortLondonTime(time)}</time>;

/** `22 January 2027` */
export const Day = ({ time }: { time: Date }) => <time datetime={londonIsoDay(time)}>{shortLondonDay(time)}</time>;

/** `3 minutes ago` */
export const Relative = ({ time, now }: { time: Date; now: Date }) => (
  <time datetime={rfc3339(time)} data-relative>
    {relativeWords(time, now)}
  </time>
);
