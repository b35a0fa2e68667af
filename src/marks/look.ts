import type { Worker } from 'node:worker_threads';
import { type Disk, diskOf, mountsNow } from '../files/index.ts';
import { startedModule, startThread } from '../installation/index.ts';
import { type Mark, type MarkedFile, markKey } from './mark.ts';
import type { HandedOver, LookRequest, LookThreadData } from './thread.ts';

type Found = readonly unknown[];

export interface FileLookOptions {
  /** A longer file is not looked at. */
  readonly mostBytes: number;
  /** How long the thread may stay at one file before the others are looked at by another. Default: two seconds. */
  readonly patienceMs?: number;
  /** For tests: another module for the thread. */
  readonly thread?: URL;
}

/** Without work the thread ends after this time: it takes about 8 MiB. */
const idleMs = 10_000;
/** A thread that waits for a disk cannot be ended. With so many of them, nothing is looked at until one comes back. */
const mostHeld = 4;

const notBegun = -1;

interface Job extends LookRequest {
  readonly resolve: (found: Found) => void;
  readonly reject: (error: Error) => void;
  /** What the thread was asked for: each path once, without those on a disk that holds a thread. */
  wanted: readonly string[];
  /** The disks at which a thread stood. They are not tried again in this job, even if they answer in between. */
  readonly left: Set<Disk>;
}

/**
 * Reads files and says for each one what it is known by. A disk that does not answer delays the others once, by no more than `patienceMs`; until it
 * answers, its files are left out.
 * @example
 * const files = new FileLook({ mostBytes: 1024 * 1024 });
 * const [mark] = await files.marks(['/etc/mesh/client.pem']);
 */
export class FileLook {
  readonly #options: Required<FileLookOptions>;
  readonly #waiting: Job[] = [];
  readonly #held = new Map<Disk, Worker>();
  #job: Job | undefined;
  #thread: { readonly worker: Worker; readonly at: Int32Array } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FileLookOptions) {
    this.#options = {
      patienceMs: 2_000,
      thread: startedModule('marks/thread'),
      ...options,
    };
  }

  /** For each path its mark; undefined if there is none to be had, or not in time: then it has to be read to find out why. */
  async marks(paths: readonly string[]): Promise<readonly (Mark | undefined)[]> {
    return (await this.#ask('marks', paths)) as readonly (Mark | undefined)[];
  }

  /** For each path its content, as `marks` does; undefined also for more than 64 KiB. */
  async files(paths: readonly string[]): Promise<readonly (MarkedFile | undefined)[]> {
    const found = (await this.#ask('files', paths)) as readonly (HandedOver | undefined)[];
    return found.map((file) => file && { ...file, bytes: Buffer.from(file.bytes.buffer) });
  }

  #ask(kind: LookRequest['kind'], paths: readonly string[]): Promise<Found> {
    if (this.#stopped) return Promise.resolve(paths.map(() => undefined));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, paths, resolve, reject, wanted: [], left: new Set() });
      this.#next();
    });
  }

  /** Does not wait for a thread that a disk holds up. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const { paths, resolve } of [this.#job ?? [], this.#waiting.splice(0)].flat())
      resolve(paths.map(() => undefined));
    this.#job = undefined;
    void this.#thread?.worker.terminate();
    this.#thread = undefined;
  }

  #next(): void {
    if (this.#job) return;
    const job = this.#waiting.shift();
    if (job) this.#begin(job);
    else if (this.#thread) this.#timer = setTimeout(() => this.#end(), idleMs).unref();
  }

  #begin(job: Job): void {
    this.#job = undefined;
    if (this.#held.size >= mostHeld || job.left.size >= mostHeld) {
      job.resolve(job.paths.map(() => undefined));
      this.#next();
      return;
    }
    try {
      this.#thread ??= this.#started();
    } catch (error) {
      // The system has none left for this one. The next may get one.
      job.reject(error instanceof Error ? error : new Error(String(error)));
      this.#next();
      return;
    }
    this.#job = job;
    const { worker, at } = this.#thread;
    job.wanted = this.#withoutHeld(job);
    Atomics.store(at, 0, notBegun);
    worker.ref();
    worker.postMessage({ kind: job.kind, paths: job.wanted } satisfies LookRequest);
    this.#watch(worker, at, notBegun);
  }

  /** @param last where it was at the last look; it has stayed there if it is there still. */
  #watch(worker: Worker, at: Int32Array, last: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const index = Atomics.load(at, 0);
      // The answer may be here already, behind whatever has kept this thread busy.
      setImmediate(() => {
        if (this.#thread?.worker !== worker || !this.#job) return;
        // A thread that is still starting is held up by this machine, and not by a disk.
        if (index !== last || index === notBegun) this.#watch(worker, at, index);
        else this.#leave(worker, this.#job, index);
      });
    }, this.#options.patienceMs / 2);
  }

  /** Leaves the thread with the file that holds it, and begins the job again without that file. */
  #leave(worker: Worker, job: Job, index: number): void {
    const disk = diskOf(job.wanted[index] ?? '', mountsNow());
    this.#thread = undefined;
    job.left.add(disk);
    this.#held.set(disk, worker);
    worker.removeAllListeners('message');
    worker.unref();
    worker.once('exit', () => this.#held.delete(disk));
    // Takes effect once the disk answers.
    void worker.terminate();
    this.#begin(job);
  }

  #withoutHeld({ paths, left }: Job): string[] {
    const wanted = [...new Set(paths)];
    if (this.#held.size === 0 && left.size === 0) return wanted;
    const mounts = mountsNow();
    return wanted.filter((path) => {
      const disk = diskOf(path, mounts);
      return !this.#held.has(disk) && !left.has(disk);
    });
  }

  #heard(found: Found): void {
    const job = this.#job;
    this.#job = undefined;
    clearTimeout(this.#timer);
    this.#thread?.worker.unref();
    if (job) {
      const byPath = new Map(job.wanted.map((path, index) => [path, found[index]]));
      job.resolve(job.paths.map((path) => byPath.get(path)));
    }
    this.#next();
  }

  #started() {
    const at = new Int32Array(new SharedArrayBuffer(4));
    const workerData: LookThreadData = { key: markKey, at, mostBytes: this.#options.mostBytes };
    const worker = startThread(this.#options.thread, {
      workerData,
      // Without our arguments and variables, which are not its business.
      argv: [],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', (found: Found) => this.#heard(found));
    worker.once('error', (error) => this.#failed(worker, error));
    return { worker, at };
  }

  #failed(worker: Worker, error: Error): void {
    if (this.#thread?.worker !== worker) return;
    const job = this.#job;
    this.#job = undefined;
    this.#thread = undefined;
    clearTimeout(this.#timer);
    job?.reject(error);
    this.#next();
  }

  #end(): void {
    void this.#thread?.worker.terminate();
    this.#thread = undefined;
  }
}
