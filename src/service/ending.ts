/** Waits for work to end, but not indefinitely. */

/** @returns the names of the work that has not ended after `ms`. Work that fails has ended. */
export async function stillRunning(work: Readonly<Record<string, Promise<unknown>>>, ms: number): Promise<string[]> {
  const running = new Set(Object.keys(work));
  const each = Object.entries(work).map(([name, promise]) =>
    promise.catch(() => {}).finally(() => running.delete(name)),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(each), late]);
  clearTimeout(timer);
  return [...running];
}
