import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { MonitorError } from '../errors/index.ts';
import { startThread } from '../installation/index.ts';
import { ResourceShortageError, shortageOf } from '../shortage/index.ts';
import { type Claim, claims, newClaim } from './claim.ts';
import type { FromThread, Reply, ToThread } from './messages.ts';

/** The work used the time or the memory that it may have, and was ended. It says something about the input. */
export class ThreadDeadlineError extends MonitorError {
  override readonly code = 'ERR_THREAD_DEADLINE';
}

export interface Job {
  readonly data: unknown;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A job in a thread. */
interface Given {
  readonly job: Job;
  readonly claim?: Claim;
  /** The thread has it still, and will skip it. */
  isTakenBack?: boolean;
}

interface Listener {
  /** It has loaded its modules, has done a job, or has been too long at one: something may be possible now that was not before. */
  readonly changed: (thread: Thread) => void;
  /** @param left - jobs that it had been given and has not begun. */
  readonly ended: (thread: Thread, left: readonly Job[]) => void;
}

/** Many times what the largest credential within the limits needs. */
const usualMebibytes = 384;
/** Loading the modules takes half a second on a free processor. */
const startsWithinMs = 60_000;
/** How often a job on a busy machine gets its time again, before it is given up as a shortage. */
const mostTurns = 6;
/** A thread in the middle of something does not answer at once. */
const answersWithinMs = 1_000;
/** How long the next job waits in a thread for the one before it. Most take a few milliseconds. */
const patienceMs = 100;

/**
 * One worker thread, which does one job at a time. It can be given the next one meanwhile, so that it does not have to wait for our own loop
 * between two jobs. It keeps the process alive only while it has a job.
 */
export class Thread {
  readonly #worker: Worker;
  readonly #on: Listener;
  /** The first is under way, the second is the next. */
  readonly #jobs: Given[] = [];
  #begunAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #isReady = false;
  #isSlow = false;
  #hasFailed = false;
  #usedMs = 0;

  /** @throws {ResourceShortageError} if the system has no thread left */
  constructor(module: URL, on: Listener, mostMebibytes = usualMebibytes) {
    this.#on = on;
    // Without our arguments and variables, which can contain secrets and are not its business.
    const resourceLimits = { maxOldGenerationSizeMb: mostMebibytes, maxYoungGenerationSizeMb: 8 };
    this.#worker = started(module, { argv: [], env: compileCache(), execArgv: [], resourceLimits });
    this.#worker.on('message', (message: FromThread) => this.#heard(message));
    this.#worker.once('error', (error) => this.#fail(ofWorker(error, mostMebibytes)));
    this.#worker.once('exit', () => {
      this.#fail(new Error('a thread ended in the middle of its work'));
      const left = this.#jobs.splice(0).filter(({ isTakenBack }) => !isTakenBack);
      this.#on.ended(
        this,
        left.map(({ job }) => job),
      );
    });
    this.#worker.unref();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get isIdle(): boolean {
    return this.#jobs.length === 0;
  }

  /** Whether a job waits in it for the one before. */
  get isWaitedFor(): boolean {
    return this.#jobs.length > 1;
  }

  /** Whether it can be given the next job already. */
  get hasRoom(): boolean {
    if (!this.#isReady || this.#hasFailed || this.#jobs.length !== 1) return false;
    return performance.now() - this.#begunAt < patienceMs;
  }

  /** @param job - begins now if it is idle, or next if it has room. */
  run(job: Job): void {
    const given: Given = this.isIdle ? { job } : { job, claim: newClaim() };
    this.#jobs.push(given);
    this.#worker.postMessage({ data: job.data, ...(given.claim && { claim: given.claim }) } satisfies ToThread);
    if (given.claim) {
      this.#patience = setTimeout(() => {
        this.#isSlow = true;
        this.#on.changed(this);
      }, patienceMs).unref();
      return;
    }
    this.#worker.ref();
    this.#begin(this.#isReady ? job.deadlineMs : startsWithinMs);
  }

  /** The next job, if the one before it takes so long that another thread should do it, and has not ended just now. */
  takeBack(): Job | undefined {
    const [, next] = this.#jobs;
    if (!next?.claim || !this.#isSlow || next.isTakenBack || !claims(next.claim)) return undefined;
    next.isTakenBack = true;
    return next.job;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #begin(deadlineMs: number): void {
    this.#begunAt = performance.now();
    this.#isSlow = false;
    this.#timer = setTimeout(() => this.#late(), deadlineMs);
  }

  #heard(message: FromThread): void {
    // The job that it was ended for has been answered already, and the next one has not been begun.
    if (this.#hasFailed) return;
    this.#usedMs = message.cpuMs;
    if (message.kind === 'ready') {
      this.#isReady = true;
      clearTimeout(this.#timer);
    } else {
      answered(this.#settled(), message);
    }
    const [next] = this.#jobs;
    if (next) this.#begin(next.job.deadlineMs);
    else this.#worker.unref();
    this.#on.changed(this);
  }

  /**
   * The time has passed. If our own loop was blocked, the result may be here already: it comes first. If the machine is busy, the thread has
   * not had its time yet, and gets more of it.
   */
  #late(turn = 1): void {
    setImmediate(async () => {
      const [given] = this.#jobs;
      if (!given) return;
      const { job } = given;
      const hadItsTime = !this.#isReady || (await this.#cpuMs()) >= job.deadlineMs / 2;
      if (this.#jobs[0] !== given) return;
      if (!hadItsTime && turn < mostTurns) {
        this.#timer = setTimeout(() => this.#late(turn + 1), job.deadlineMs);
        return;
      }
      this.#fail(hadItsTime && this.#isReady ? tooLong(job.deadlineMs) : notServed(job.deadlineMs * turn));
      await this.end();
    });
  }

  /** How much processor time the job has used. Unlimited if the thread does not say. */
  async #cpuMs(): Promise<number> {
    const answer = this.#worker.cpuUsage().catch(() => undefined);
    const used = await Promise.race([answer, sleep(answersWithinMs, undefined, { ref: false })]);
    return used ? (used.user + used.system) / 1000 - this.#usedMs : Number.POSITIVE_INFINITY;
  }

  /** Once: what comes after it has not been begun. */
  #fail(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const given = this.#settled();
    if (!given?.isTakenBack) given?.job.reject(error);
  }

  #settled(): Given | undefined {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    return this.#jobs.shift();
  }
}

function answered(given: Given | undefined, reply: Reply): void {
  // It is somebody else's by now.
  if (!given || reply.kind === 'skipped') return;
  const { job } = given;
  if (reply.kind === 'done') job.resolve(reply.result);
  else job.reject(reply.kind === 'bug' ? reply.error : new ResourceShortageError(reply.message));
}

function started(module: URL, options: WorkerOptions): Worker {
  try {
    return startThread(module, options);
  } catch (error) {
    throw shortageOf(error, startingThread) ?? error;
  }
}

const startingThread = 'starting a thread';

/** Halves the time to start, where the process itself has one. */
function compileCache(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: directory } = process.env;
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}

const tooLong = (ms: number) => new ThreadDeadlineError(`it did not end within ${ms / 1000} s`);

const notServed = (ms: number) =>
  new ResourceShortageError(
    `a check got less processor time in ${ms / 1000} s than it may take. Check what else uses this machine’s processors.`,
  );

function ofWorker(error: unknown, mostMebibytes: number): Error {
  const { code } = error as { code?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new ThreadDeadlineError(`it took more than ${mostMebibytes} MiB of memory`);
  return shortageOf(error, startingThread) ?? (error instanceof Error ? error : new Error(String(error)));
}
