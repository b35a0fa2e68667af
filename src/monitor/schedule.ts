import { CronJob } from 'cron';
import { type Configuration, shortestCronIntervalSeconds } from '../config/index.ts';
import { secondMs } from '../time/index.ts';

export interface Schedule {
  /** No further calls; waits for those under way. */
  stop(): Promise<void>;
}

export interface Rounds {
  readonly check: () => Promise<void>;
  readonly handshake: () => Promise<void>;
  /** A round threw, which is a bug. */
  readonly failed: (error: unknown) => void;
}

/** A round that is still running when its next turn comes is not started twice: that turn is left out. */
export function startSchedule(times: Configuration['schedule'], rounds: Rounds): Schedule {
  const job = (cronTime: string, onTick: () => Promise<void>) =>
    CronJob.from({
      cronTime,
      onTick,
      timeZone: times.timezone,
      waitForCompletion: true,
      errorHandler: rounds.failed,
      start: true,
    });
  const jobs = [job(times.check, rounds.check), job(times.handshake, rounds.handshake)];
  return {
    stop: async () => {
      await Promise.all(jobs.map((each) => each.stop()));
    },
  };
}

/** The shortest time between two handshake rounds. */
export function handshakeIntervalMs({ handshake }: Configuration['schedule']): number {
  return shortestCronIntervalSeconds(handshake) * secondMs;
}
