/** At most one planned time for each name. The earlier of two plans wins. */
export class Planner {
  readonly #plans = new Map<string, { readonly timer: NodeJS.Timeout; readonly atMs: number }>();
  readonly #due: (name: string) => void;

  constructor(due: (name: string) => void) {
    this.#due = due;
  }

  plan(name: string, delayMs: number): void {
    // A monotonic clock, so that changes to the wall clock have no effect.
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
