/** When the turns of a schedule fall, also on the two nights of the year on which clocks change. */
import { CronTime } from 'cron';

type Moment = ReturnType<CronTime['getNextDateFrom']>;

/** A turn that was missed at most so long ago needs no extra one. */
const soonMinutes = 60;

/**
 * `CronTime` adds a turn in spring to a schedule that runs every hour, and moves turns of hour 2 to hour 1 in autumn. Here a schedule
 * that runs every hour goes on every hour of UTC. Any other goes by the local clock: a turn whose time comes twice is taken the first
 * time, and one whose time is left out is taken as soon as the clock goes on, unless the next turn follows within the hour anyway.
 */
export class CronTurns extends CronTime {
  override getNextDateFrom(start: Date | Moment, timeZone?: string): Moment {
    if (start instanceof Date) throw new Error('a schedule asks from a moment that knows its zone');
    const from = timeZone === undefined ? start : start.setZone(timeZone);
    return this.toJSON()[2] === '*' ? this.#nextOfEveryHour(from) : this.#nextByLocalClock(from);
  }

  /** Under the offset that holds now, so that no clock changes on the way. */
  #nextOfEveryHour(from: Moment): Moment {
    return super.getNextDateFrom(from.setZone(`UTC${from.toFormat('ZZ')}`)).setZone(from.zone);
  }

  #nextByLocalClock(from: Moment): Moment {
    let figures = asUtc(from);
    for (;;) {
      figures = super.getNextDateFrom(figures);
      const turn = figures.setZone(from.zone, { keepLocalTime: true });
      if (turn.hour !== figures.hour || turn.minute !== figures.minute) return this.#afterGap(turn);
      const first = turn.getPossibleOffsets()[0] ?? turn;
      if (first > from) return first;
    }
  }

  /** @param after - a time that does not exist, moved on by as much as the clock is. */
  #afterGap(after: Moment): Moment {
    let end = after.startOf('minute');
    while (end.minus({ minutes: 1 }).offset === after.offset) end = end.minus({ minutes: 1 });
    const next = super.getNextDateFrom(asUtc(end).minus({ seconds: 1 })).setZone(end.zone, { keepLocalTime: true });
    return next.diff(end).as('minutes') < soonMinutes ? next : end;
  }
}

/** The figures of the local clock, read as UTC, where every one of them exists once. */
const asUtc = (moment: Moment): Moment => moment.setZone('UTC', { keepLocalTime: true });
