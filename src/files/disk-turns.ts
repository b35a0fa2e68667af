import { ResourceShortageError } from '../shortage/index.ts';
import { type Disk, diskOf, mountsNow } from './disk.ts';

export interface DiskTurnsOptions {
  /** Disks that may be read from at the same time. Default: three, of the four threads in which Node reads files. */
  readonly atOnce?: number;
  /** How long a read may take before nobody waits behind it any more. Default: two seconds. */
  readonly patienceMs?: number;
  /** Default: those of this machine. */
  readonly mounts?: () => readonly string[];
}

interface Waiting {
  readonly disk: Disk;
  readonly begin: () => void;
}

/**
 * Turns for reading from disks that may hang. A thread that a disk holds up never comes back, and Node has four of them: two folders on a
 * network file system whose server is gone would take them all, and then nothing could be read, written or decrypted any more. So each disk gets one of them
 * at a time, and one is always left. Whoever waits behind a read that hangs is told so.
 * @example
 * const turns = new DiskTurns();
 * const bytes = await turns.run('/etc/mesh/client.pem', () => readFile('/etc/mesh/client.pem'));
 */
export class DiskTurns {
  readonly #atOnce: number;
  readonly #patienceMs: number;
  readonly #mounts: () => readonly string[];
  /** Since when each is being read from. Milliseconds of the monotonic clock. */
  readonly #busy = new Map<Disk, number>();
  readonly #waiting = new Set<Waiting>();

  constructor({ atOnce = 3, patienceMs = 2_000, mounts = mountsNow }: DiskTurnsOptions = {}) {
    this.#atOnce = atOnce;
    this.#patienceMs = patienceMs;
    this.#mounts = mounts;
  }

  /** @throws {ResourceShortageError} if another read from the same disk, or one from every disk that may be read from, does not come back. */
  async run<T>(path: string, work: () => Promise<T>): Promise<T> {
    const disk = diskOf(path, this.#mounts());
    if (this.#isFree(disk)) this.#busy.set(disk, performance.now());
    else await this.#turn(disk, path);
    try {
      return await work();
    } finally {
      this.#busy.delete(disk);
      this.#next();
    }
  }

  #isFree(disk: Disk): boolean {
    return !this.#busy.has(disk) && this.#busy.size < this.#atOnce;
  }

  #turn(disk: Disk, path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const waiting = {
        disk,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const look = () => {
        if (!this.#waiting.has(waiting)) return;
        const what = this.#hanging(disk);
        if (what === undefined) timer = later();
        else {
          this.#waiting.delete(waiting);
          reject(
            new ResourceShortageError(`reading ${path}: ${what} for more than ${this.#patienceMs / 1000} seconds`),
          );
        }
      };
      // If our own loop was blocked, the read may have come back: that is heard first.
      const later = () => setTimeout(() => setImmediate(look), this.#patienceMs);
      timer = later();
      this.#waiting.add(waiting);
      // Behind one that is known to hang nobody has to find it out again.
      if (this.#hanging(disk) !== undefined) setImmediate(look);
    });
  }

  #hanging(disk: Disk): string | undefined {
    const before = performance.now() - this.#patienceMs;
    if ((this.#busy.get(disk) ?? Number.POSITIVE_INFINITY) <= before)
      return `another read from ${disk} has not come back`;
    const all = [...this.#busy];
    if (all.length < this.#atOnce || all.some(([, since]) => since > before)) return undefined;
    return `reads from ${all.map(([busy]) => busy).join(', ')} have not come back`;
  }

  #next(): void {
    for (const each of this.#waiting) {
      if (this.#busy.size >= this.#atOnce) return;
      if (this.#busy.has(each.disk)) continue;
      this.#waiting.delete(each);
      this.#busy.set(each.disk, performance.now());
      each.begin();
    }
  }
}
