import { MonitorError } from '../errors/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { DeadlineError } from './limit.ts';
import type { Log } from './log.ts';

/** What is done for one environment; each kind at most once at a time. */
export type Work = 'check' | 'handshake' | 'renewal';

/** The wall around one environment's work: what goes wrong behind it is logged, once, and stops nothing else. */
export class Wall {
  readonly #log: Pick<Log, 'error'>;
  readonly #stopping: AbortSignal;
  readonly #again: (work: Work, environment: string) => void;
  readonly #busy = new Set<string>();
  readonly #faults = new Map<string, string>();
  /** What a shortage in this process has cut off. The first is logged, and no other until nothing is short. */
  readonly #short = new Set<string>();

  /** @param again - told of work that a shortage has cut off. */
  constructor(log: Pick<Log, 'error'>, stopping: AbortSignal, again: (work: Work, environment: string) => void) {
    this.#log = log;
    this.#stopping = stopping;
    this.#again = again;
  }

  /**
   * Not begun while the same work is still running, even past its deadline. `hold` marks what must have ended before it may begin again.
   */
  async alone(
    work: Work,
    environment: string,
    begin: (hold: <T>(held: Promise<T>) => Promise<T>) => Promise<void>,
  ): Promise<void> {
    const key = `${work} ${environment}`;
    if (this.#busy.has(key)) return;
    this.#busy.add(key);
    let held: Promise<unknown> = Promise.resolve();
    try {
      await begin((promise) => {
        held = promise;
        return promise;
      });
      this.#faults.delete(key);
      this.#short.delete(key);
    } catch (error) {
      if (this.#stopping.aborted) return;
      if (error instanceof ResourceShortageError) this.#shortage(key, work, environment, error);
      else this.#fault(key, work, environment, error);
    } finally {
      held.catch(() => {}).finally(() => this.#busy.delete(key));
    }
  }

  /** Environments may have gone with the configuration. */
  forgetShortages(): void {
    this.#short.clear();
  }

  /** The fault is this process's own, so one line will do for all environments. */
  #shortage(key: string, work: Work, environment: string, { code, message }: ResourceShortageError): void {
    if (this.#short.size === 0) this.#log.error({ environment, code, error: message }, didNotEnd(work));
    this.#short.add(key);
    this.#again(work, environment);
  }

  #fault(key: string, work: Work, environment: string, error: unknown): void {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    if (this.#faults.get(key) === message) return;
    this.#faults.set(key, message);
    const fields = {
      environment,
      ...(error instanceof MonitorError && { code: error.code }),
      error: `${name}: ${message}`,
      ...(error instanceof DeadlineError ? {} : { stack }),
    };
    this.#log.error(fields, didNotEnd(work));
  }
}

const didNotEnd = (work: Work) => `${work} did not end; the last known state stays`;
