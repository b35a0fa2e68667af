import { MonitorError } from '../errors/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { DeadlineError } from './limit.ts';
import type { Log } from './log.ts';

/** The kinds of work for one environment. Each runs at most once at a time. */
export type Work = 'check' | 'handshake' | 'renewal';

/** Isolates the work for one environment: an error in it is logged once and affects nothing else. */
export class Wall {
  readonly #log: Pick<Log, 'error'>;
  readonly #stopping: AbortSignal;
  readonly #again: (work: Work, environment: string) => void;
  readonly #busy = new Set<string>();
  readonly #faults = new Map<string, string>();
  /** Work that a shortage in this process has interrupted. Only the first is logged, until none is left. */
  readonly #short = new Set<string>();

  /** @param again - called for work that a shortage has interrupted. */
  constructor(log: Pick<Log, 'error'>, stopping: AbortSignal, again: (work: Work, environment: string) => void) {
    this.#log = log;
    this.#stopping = stopping;
    this.#again = again;
  }

  /**
   * Does not start while the same work is still running, even past its deadline. `hold` marks what has to end before it can start again.
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

  /** Whether that work is running, even past its deadline. */
  isAt(work: Work, environment: string): boolean {
    return this.#busy.has(`${work} ${environment}`);
  }

  /** How many environments that work is running for. */
  count(work: Work): number {
    let count = 0;
    for (const key of this.#busy) if (key.startsWith(`${work} `)) count += 1;
    return count;
  }

  /** For a new configuration, which may no longer have these environments. */
  forgetShortages(): void {
    this.#short.clear();
  }

  /** The problem is in this process, so one line is enough for all environments. */
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
