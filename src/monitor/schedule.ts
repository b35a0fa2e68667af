import { CronJob, CronTime } from 'cron';
import { type Configuration, shortestCronIntervalSeconds } from '../config/index.ts';
import { secondMs } from '../time/index.ts';
import { CronRuns } from './cron-runs.ts';

export interface Schedule {
  /** Stops further calls, and waits for those that are running. */
  stop(): Promise<void>;
}

export interface Rounds {
  readonly check: () => Promise<void>;
  readonly handshake: () => Promise<void>;
  /** A round threw, which is a bug. */
  readonly failed: (error: unknown) => void;
}

/** If a round is still running at its next scheduled time, that run is skipped. */
export function startSchedule(times: Configuration['schedule'], rounds: Rounds): Schedule {
  const job = (cronTime: string, onTick: () => Promise<void>) => {
    const made = CronJob.from({ cronTime, onTick, waitForCompletion: true, errorHandler: rounds.failed });
    made.setTime(new CronRuns(cronTime, times.timezone));
    made.start();
    return made;
  };
  const jobs = [job(times.check, rounds.check), job(times.handshake, rounds.handshake)];
  return {
    stop: async () => {
      await Promise.all(jobs.map((each) => each.stop()));
    },
  };
}

const everySecond = new CronTime('* * * * * *');

/** When the next round of checks after a time is due. The answer is remembered until that time has come. */
export function nextCheckAfter({ check, timezone }: Configuration['schedule']): (now: Date) => Date {
  const runs = new CronRuns(check, timezone);
  let last: { readonly from: Date; readonly next: Date } | undefined;
  return (now) => {
    if (last && last.from <= now && now < last.next) return last.next;
    const moment = everySecond.getNextDateFrom(now, timezone).minus({ seconds: 1 });
    last = { from: now, next: runs.getNextDateFrom(moment).toJSDate() };
    return last.next;
  };
}

/** The shortest time between two handshake rounds. */
export function handshakeIntervalMs({ handshake }: Configuration['schedule']): number {
  return shortestCronIntervalSeconds(handshake) * secondMs;
}
