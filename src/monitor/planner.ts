/** One future moment for each name at most; of two plans the earlier counts. */
export class Planner {
  readonly #plans = new Map<string, { readonly timer: NodeJS.Timeout; readonly atMs: number }>();
  readonly #due: (name: string) => void;

  constructor(due: (name: string) => void) {
    this.#due = due;
  }

  plan(name: string, delayMs: number): void {
    // A monotonic clock: these are spans of time, whatever the wall clock is set to meanwhile.
    const atMs = performance.now() + delayMs;
    const planned = this.#plans.get(name);
    if (planned && planned.atMs <= atMs) return;
    this.cancel(name);
    const timer = setTimeout(() => {
      this.#plans.delete(name);
      this.#due(name);
    }, delayMs);
    this.#plans.set(name, { timer, atMs });
  }

  cancel(name: string): void {
    clearTimeout(this.#plans.get(name)?.timer);
    this.#plans.delete(name);
  }

  cancelAll(): void {
    for (const name of [...this.#plans.keys()]) this.cancel(name);
  }
}
