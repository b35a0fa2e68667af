import { type Job, Thread } from './thread.ts';

export { ThreadDeadlineError } from './thread.ts';

/**
 * A few worker threads that do one job each at a time, in the order of asking. They start when they are needed; one that its deadline
 * ended is replaced. An idle pool does not keep the process alive.
 * @example
 * const pool = new ThreadPool(new URL('./thread.js', import.meta.url), { size: 2, deadlineMs: 10_000 });
 * const result = await pool.run({ kind: 'add', numbers: [1, 2] });
 * await pool.stop();
 */
export class ThreadPool {
  readonly #module: URL;
  readonly #options: { readonly size: number; readonly deadlineMs: number };
  readonly #threads = new Set<Thread>();
  readonly #idle: Thread[] = [];
  readonly #waiting: Job[] = [];
  #stopped = false;

  /** @param module - a module that calls `answer`. */
  constructor(module: URL, options: { readonly size: number; readonly deadlineMs: number }) {
    this.#module = module;
    this.#options = options;
  }

  /**
   * @param data - what `structuredClone` can copy.
   * @returns what the thread's module returned.
   * @throws {ThreadDeadlineError} if the job used up its time or memory; its thread has been ended.
   * @throws {ResourceShortageError} if there was no thread for it, or no processor.
   * @throws what the thread's module threw, which is a bug.
   */
  run(data: unknown): Promise<unknown> {
    if (this.#stopped) return Promise.reject(new Error('the threads have been stopped'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ data, deadlineMs: this.#options.deadlineMs, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends all threads, also in the middle of a job. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const job of this.#waiting.splice(0)) job.reject(new Error('the threads have been stopped'));
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  /** Starts a thread now, so that the first job does not have to wait for it. */
  warmUp(): void {
    const thread = this.#started();
    if (thread) this.#idle.push(thread);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop() ?? this.#started();
      const job = thread && this.#waiting.shift();
      if (!thread || !job) return;
      thread.run(job);
    }
  }

  /** One at a time: two that load their modules side by side take longer until the first job is done. */
  #started(): Thread | undefined {
    if (this.#threads.size >= this.#options.size || [...this.#threads].some(({ isReady }) => !isReady))
      return undefined;
    const thread = new Thread(this.#module, {
      ready: () => this.#dispatch(),
      free: (each) => {
        this.#idle.push(each);
        this.#dispatch();
      },
      ended: (each) => {
        this.#threads.delete(each);
        const index = this.#idle.indexOf(each);
        if (index !== -1) this.#idle.splice(index, 1);
        if (!this.#stopped) this.#dispatch();
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}
