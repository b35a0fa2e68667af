/** Times as people in London read them, as the NHS digital service manual writes them. The title has UTC. */
import {
  londonDayOf,
  londonIsoDay,
  nhsClock,
  relativeWords,
  rfc3339,
  shortestLondonDay,
  shortLondonDay,
  shortLondonTime,
  utcTime,
} from '../../../time/index.ts';

/** `22 January 2027 at 1pm` */
export const Moment = ({ time }: { time: Date }) => (
  <time datetime={rfc3339(time)} title={utcTime(time)}>
    {shortLondonTime(time)}
  </time>
);

/** `22 January 2027`, a whole day, of which the moment does not matter. */
export const Day = ({ time }: { time: Date }) => <time datetime={londonIsoDay(time)}>{shortLondonDay(time)}</time>;

/** `22 January 2027`, the day of a moment. @param short - with a short month, for tables. */
export const DayOf = ({ time, short = false }: { time: Date; short?: boolean }) => (
  <time datetime={rfc3339(time)} title={`${shortLondonTime(time)} (${utcTime(time)})`}>
    {short ? shortestLondonDay(time) : shortLondonDay(time)}
  </time>
);

/** `9:30am` if it is today, otherwise `22 January 2027` */
export const Since = ({ time, now }: { time: Date; now: Date }) => (
  <time datetime={rfc3339(time)} title={`${shortLondonTime(time)} (${utcTime(time)})`}>
    {londonDayOf(time) === londonDayOf(now) ? nhsClock(time) : shortLondonDay(time)}
  </time>
);

/** `3 minutes ago` */
export const Relative = ({ time, now }: { time: Date; now: Date }) => (
  <time datetime={rfc3339(time)} title={`${shortLondonTime(time)} (${utcTime(time)})`} data-relative>
    {relativeWords(time, now)}
  </time>
);
