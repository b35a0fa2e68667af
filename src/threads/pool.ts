import { type Job, Thread } from './thread.ts';

export { ThreadDeadlineError } from './thread.ts';

export interface PoolOptions {
  /** Threads at most. */
  readonly size: number;
  /** For each job, from when its thread is ready. */
  readonly deadlineMs: number;
  /** Memory of each thread. Default: 384. */
  readonly mostMebibytes?: number;
  /** A thread without work ends after this time. Default: ten seconds. */
  readonly idleMs?: number;
  /** For how long there must have been jobs waiting before another thread is started. Default: a quarter of a second. */
  readonly growAfterMs?: number;
}

/** A thread takes 30 MiB, starts in a tenth of a second, and has no work where nothing changes. */
const idleMs = 10_000;

/** One thread does the work of a small estate in less, and a thread that has ended leaves memory behind. */
const growAfterMs = 250;

/**
 * A few worker threads that do one job each at a time, begun in the order of asking. They start when they are needed; one that its deadline
 * ended is replaced. An idle pool does not keep the process alive.
 * @example
 * const pool = new ThreadPool(startedModule('examine/thread'), { size: 2, deadlineMs: 10_000 });
 * const result = await pool.run({ kind: 'add', numbers: [1, 2] });
 * await pool.stop();
 */
export class ThreadPool {
  readonly #module: URL;
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread>();
  /** Each with the timer that ends it. */
  readonly #idle = new Map<Thread, NodeJS.Timeout>();
  readonly #waiting: Job[] = [];
  /** Since when jobs have been waiting without a break. Milliseconds of the monotonic clock. */
  #waitingSince: number | undefined;
  #growing: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param module - a module that calls `answer`. */
  constructor(module: URL, options: PoolOptions) {
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
    clearTimeout(this.#growing);
    this.#giveUpWaiting();
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #giveUpWaiting(): void {
    for (const job of this.#waiting.splice(0)) job.reject(new Error('the threads have been stopped'));
  }

  /** Starts a thread now, so that the first job does not have to wait for it. */
  warmUp(): void {
    try {
      const thread = this.#started();
      if (thread) this.#rest(thread);
    } catch {
      // The first job tries again, and says so.
    }
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#woken() ?? this.#startedOrNone() ?? [...this.#threads].find(({ hasRoom }) => hasRoom);
      const job = thread && this.#waiting.shift();
      if (!thread || !job) return;
      thread.run(job);
    }
    if ([...this.#threads].every(({ isWaitedFor }) => !isWaitedFor)) this.#waitingSince = undefined;
  }

  /** Where none can be started, jobs wait for those that there are. Without any, each fails. */
  #startedOrNone(): Thread | undefined {
    try {
      return this.#started();
    } catch (error) {
      if (this.#threads.size > 0) return undefined;
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const job of this.#waiting.splice(0)) job.reject(reason);
      return undefined;
    }
  }

  #rest(thread: Thread): void {
    clearTimeout(this.#idle.get(thread));
    const timer = setTimeout(() => {
      this.#idle.delete(thread);
      void thread.end();
    }, this.#options.idleMs ?? idleMs);
    this.#idle.set(thread, timer.unref());
  }

  #woken(): Thread | undefined {
    const [thread] = this.#idle.keys();
    if (!thread) return undefined;
    clearTimeout(this.#idle.get(thread));
    this.#idle.delete(thread);
    return thread;
  }

  /** If not, it is asked again when that may have changed. */
  #hasWaitedLong(): boolean {
    const { growAfterMs: longMs = growAfterMs } = this.#options;
    this.#waitingSince ??= performance.now();
    const leftMs = this.#waitingSince + longMs - performance.now();
    if (leftMs <= 0) return true;
    clearTimeout(this.#growing);
    this.#growing = setTimeout(() => this.#dispatch(), Math.ceil(leftMs)).unref();
    return false;
  }

  /** One at a time: two that load their modules side by side take longer until the first job is done. */
  #started(): Thread | undefined {
    if (this.#threads.size >= this.#options.size || [...this.#threads].some(({ isReady }) => !isReady))
      return undefined;
    if (this.#threads.size > 0 && !this.#hasWaitedLong()) return undefined;
    this.#waitingSince = undefined;
    const thread = new Thread(
      this.#module,
      {
        changed: (each) => {
          const job = each.takeBack();
          if (job) this.#waiting.unshift(job);
          if (each.isIdle) this.#rest(each);
          this.#dispatch();
        },
        ended: (each, left) => {
          this.#threads.delete(each);
          clearTimeout(this.#idle.get(each));
          this.#idle.delete(each);
          this.#waiting.unshift(...left);
          if (this.#stopped) this.#giveUpWaiting();
          else this.#dispatch();
        },
      },
      this.#options.mostMebibytes,
    );
    this.#threads.add(thread);
    return thread;
  }
}
