/** How long our own event loop was blocked. A deadline that passes in that time is nobody else's fault. */
import { ResourceShortageError } from './error.ts';

const beatMs = 50;
/** A beat that is late by this much has not kept anybody waiting. */
const toleratedMs = 50;

/** One timer for all watches, on the monotonic clock. */
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
  /** For how many milliseconds since the watch began no callback could run. Pauses under a tenth of a second do not count. */
  stalledMs(): number;
  stop(): void;
}

/**
 * Runs until `stop`, and does not keep the process alive.
 * @example
 * const loop = watchLoop();
 */
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
 * A deadline of `allowedMs` has passed, `elapsedMs` after it was set. It is our fault if our loop was blocked, so that the other side had less
 * than half of its time.
 * @returns undefined if the other side had its time.
 */
export function loopShortage(
  during: string,
  { allowedMs, elapsedMs, stalledMs }: { allowedMs: number; elapsedMs: number; stalledMs: number },
): ResourceShortageError | undefined {
  if (Math.round(stalledMs) === 0 || elapsedMs - stalledMs >= allowedMs / 2) return undefined;
  return new ResourceShortageError(
    `${during}: this process itself was blocked for ${Math.round(stalledMs)} ms of ${Math.round(elapsedMs)} ms. Check what else uses this machine’s processors.`,
  );
}
