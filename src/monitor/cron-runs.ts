/** When a schedule runs, including on the two nights of the year when clocks change. */
import { CronTime } from 'cron';

type Moment = ReturnType<CronTime['getNextDateFrom']>;

/** If a run was missed at most this long ago, no extra run is needed. */
const soonMinutes = 60;

/**
 * `CronTime` adds a run in spring to an hourly schedule, and moves runs from hour 2 to hour 1 in autumn. Here an hourly
 * schedule runs in every hour of UTC. Any other follows the local clock: a run whose time occurs twice happens the first time,
 * and one whose time is skipped happens as soon as the clock moves on, unless the next run follows within the hour anyway.
 */
export class CronRuns extends CronTime {
  override getNextDateFrom(start: Date | Moment, timeZone?: string): Moment {
    if (start instanceof Date) throw new Error('the schedule was given a time without a zone');
    const from = timeZone === undefined ? start : start.setZone(timeZone);
    return this.toJSON()[2] === '*' ? this.#nextOfEveryHour(from) : this.#nextByLocalClock(from);
  }

  /** With the current offset, so that no clock change falls in between. */
  #nextOfEveryHour(from: Moment): Moment {
    return super.getNextDateFrom(from.setZone(`UTC${from.toFormat('ZZ')}`)).setZone(from.zone);
  }

  #nextByLocalClock(from: Moment): Moment {
    let figures = asUtc(from);
    for (;;) {
      figures = super.getNextDateFrom(figures);
      const run = figures.setZone(from.zone, { keepLocalTime: true });
      if (run.hour !== figures.hour || run.minute !== figures.minute) return this.#afterGap(run);
      const first = run.getPossibleOffsets()[0] ?? run;
      if (first > from) return first;
    }
  }

  /** @param after - a time that does not exist, moved on by as much as the clock. */
  #afterGap(after: Moment): Moment {
    let end = after.startOf('minute');
    while (end.minus({ minutes: 1 }).offset === after.offset) end = end.minus({ minutes: 1 });
    const next = super.getNextDateFrom(asUtc(end).minus({ seconds: 1 })).setZone(end.zone, { keepLocalTime: true });
    return next.diff(end).as('minutes') < soonMinutes ? next : end;
  }
}

/** The digits of the local clock read as UTC, where each time exists exactly once. */
const asUtc = (moment: Moment): Moment => moment.setZone('UTC', { keepLocalTime: true });
