/** How long our own event loop stood still: a deadline that passes meanwhile is nobody else's fault. */
import { ResourceShortageError } from './error.ts';

const beatMs = 50;
/** A beat may come this much late without anybody having been kept waiting. */
const toleratedMs = 50;

/** One beat for everybody who watches, on the monotonic clock. */
const heart = { watchers: 0, lastMs: 0, stalledMs: 0, timer: undefined as NodeJS.Timeout | undefined };

const lateMs = () => {
  const sinceMs = performance.now() - heart.lastMs;
  return sinceMs > beatMs + toleratedMs ? sinceMs - beatMs : 0;
};

function beat(): void {
  heart.stalledMs += lateMs();
  heart.lastMs = performance.now();
}

export interface LoopWatch {
  /** Since the watch began: how long no callback of ours could run, in milliseconds. Pauses below a tenth of a second do not count. */
  stalledMs(): number;
  stop(): void;
}

/** Ends with `stop`; it does not keep the process alive. */
export function watchLoop(): LoopWatch {
  if (heart.watchers === 0) {
    heart.lastMs = performance.now();
    heart.timer = setInterval(beat, beatMs).unref();
  }
  heart.watchers += 1;
  const from = heart.stalledMs + lateMs();
  let stopped = false;
  return {
    stalledMs: () => heart.stalledMs + lateMs() - from,
    stop: () => {
      if (stopped) return;
      stopped = true;
      heart.watchers -= 1;
      if (heart.watchers === 0) clearInterval(heart.timer);
    },
  };
}

/**
 * A deadline of `allowedMs` has passed, `elapsedMs` after it was set. Ours is the fault when the other side had less than half of the
 * time that it was promised, because our loop stood still.
 * @returns undefined when the other side had its time.
 */
export function loopShortage(
  during: string,
  { allowedMs, elapsedMs, stalledMs }: { allowedMs: number; elapsedMs: number; stalledMs: number },
): ResourceShortageError | undefined {
  if (elapsedMs - stalledMs >= allowedMs / 2) return undefined;
  return new ResourceShortageError(
    `${during}: this process itself stood still for ${Math.round(stalledMs)} ms of ${Math.round(elapsedMs)} ms. Look at what else uses this machine’s processors.`,
  );
}
