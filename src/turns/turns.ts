/** How long others wait at most, milliseconds. */
const turnMs = 5;

/**
 * For work in many small steps: what to wait for between two of them, which is nothing until this turn has lasted long enough, and then everything
 * else that waits for the main loop.
 * @example
 * const turn = turns();
 * for (const step of steps) {
 *   step();
 *   await turn();
 * }
 */
export function turns(): () => Promise<void> | undefined {
  let endsAt = performance.now() + turnMs;
  return () => {
    if (performance.now() < endsAt) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      endsAt = performance.now() + turnMs;
    });
  };
}
