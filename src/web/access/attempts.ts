/** How often passwords may be tried, by one peer and by all peers together. Correct passwords do not count. */

/** docs/service.md prints these. */
export const attemptLimits = {
  /** Failures before a peer has to wait, and how many it may have in a second after that. */
  ofPeer: { free: 10, perSecond: 2 },
  ofAll: { free: 50, perSecond: 20 },
  /** Checked at the same time: each may need 256 MiB. */
  atOnce: 2,
  /** How long an attempt waits for its turn before it is refused. */
  waitMs: 5000,
} as const;

export interface Attempt {
  /** Call once, when the result is known. */
  end(succeeded: boolean): void;
}

interface Waiting {
  readonly atMs: number;
  readonly hasFailed: boolean;
  readonly hasGone: () => boolean;
  readonly resolve: (attempt: Attempt | undefined) => void;
}

/** Fills with failures and leaks over time. */
class Bucket {
  readonly #limit: { readonly free: number; readonly perSecond: number };
  #level = 0;
  #atMs: number;

  constructor(limit: { readonly free: number; readonly perSecond: number }, nowMs: number) {
    this.#limit = limit;
    this.#atMs = nowMs;
  }

  level(nowMs: number): number {
    this.#level = Math.max(0, this.#level - ((nowMs - this.#atMs) / 1000) * this.#limit.perSecond);
    this.#atMs = nowMs;
    return this.#level;
  }

  hasRoom(nowMs: number): boolean {
    return this.level(nowMs) <= this.#limit.free - 1;
  }

  add(count: 1 | -1, nowMs: number): void {
    this.#level = Math.max(0, this.level(nowMs) + count);
  }
}

/**
 * Of one peer. The latest goes first, as in turns.ts and for the same reason. A flood that was refused asks again all at once, later than whoever
 * has come since: its connections have failed, and the others go before them. But somebody who mistyped has failed too, and a flood may come on
 * new connections: so those that have failed are never passed over twice running.
 */
class Queue {
  #waiting: Waiting[] = [];
  #isTurnOfFailed = false;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  takeNext(): Waiting | undefined {
    // -1, if there is none of that kind, takes the latest of all.
    const index = this.#waiting.findLastIndex(({ hasFailed }) => hasFailed === this.#isTurnOfFailed);
    const [next] = this.#waiting.splice(index, 1);
    this.#isTurnOfFailed = next?.hasFailed === false && this.#waiting.some(({ hasFailed }) => hasFailed);
    return next;
  }

  /** Refuses those that are useless. */
  drop(isUseless: (waiting: Waiting) => boolean): void {
    for (const { resolve } of this.#waiting.filter(isUseless)) resolve(undefined);
    this.#waiting = this.#waiting.filter((each) => !isUseless(each));
  }
}

const lookAgainMs = 50;
const mostPeers = 4096;

export class Attempts {
  readonly #clock: () => number;
  readonly #all: Bucket;
  readonly #peers = new Map<string, Bucket>();
  /** By peer, in the order of their turns. */
  readonly #waiting = new Map<string, Queue>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#all = new Bucket(attemptLimits.ofAll, clock());
  }

  /** How many peers are remembered. */
  get remembered(): number {
    return this.#peers.size;
  }

  /**
   * Waits until this peer may try.
   * @param hasGone - whether the client is no longer there.
   * @param hasFailed - whether the connection has had a wrong password, or waited in vain. It takes turns with those that have not.
   * @returns undefined if it is gone or would have to wait too long.
   */
  begin(peer: string, hasGone: () => boolean = () => false, hasFailed = false): Promise<Attempt | undefined> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(peer) ?? new Queue();
      queue.add({ atMs: this.#clock(), hasFailed, hasGone, resolve });
      this.#waiting.set(peer, queue);
      this.#advance();
    });
  }

  readonly #advance = (): void => {
    clearTimeout(this.#timer);
    const nowMs = this.#clock();
    this.#dropUseless(nowMs);
    for (const [peer, queue] of [...this.#waiting]) {
      if (this.#running >= attemptLimits.atOnce || !this.#all.hasRoom(nowMs)) break;
      if (!this.#bucketOf(peer, nowMs).hasRoom(nowMs)) continue;
      const next = queue.takeNext();
      // To the back of the rotation.
      this.#waiting.delete(peer);
      if (!queue.isEmpty) this.#waiting.set(peer, queue);
      next?.resolve(this.#attempt(peer, nowMs));
    }
    if (this.#waiting.size > 0) this.#timer = setTimeout(this.#advance, lookAgainMs).unref();
  };

  /** Counts as a failure until the result is known, so that a thousand attempts at the same moment count as a thousand. */
  #attempt(peer: string, nowMs: number): Attempt {
    const buckets = [this.#all, this.#bucketOf(peer, nowMs)];
    for (const bucket of buckets) bucket.add(1, nowMs);
    this.#running += 1;
    return {
      end: (succeeded) => {
        this.#running -= 1;
        if (succeeded) for (const bucket of buckets) bucket.add(-1, this.#clock());
        this.#advance();
      },
    };
  }

  #dropUseless(nowMs: number): void {
    const isUseless = ({ atMs, hasGone }: Waiting) => nowMs - atMs > attemptLimits.waitMs || hasGone();
    for (const [peer, queue] of this.#waiting) {
      queue.drop(isUseless);
      if (queue.isEmpty) this.#waiting.delete(peer);
    }
  }

  #bucketOf(peer: string, nowMs: number): Bucket {
    const bucket = this.#peers.get(peer) ?? new Bucket(attemptLimits.ofPeer, nowMs);
    // An attacker can use any number of peers. The one seen longest ago is forgotten; the bucket for all peers still counts it.
    this.#peers.delete(peer);
    this.#peers.set(peer, bucket);
    const [oldest] = this.#peers.keys();
    if (this.#peers.size > mostPeers && oldest !== undefined) this.#peers.delete(oldest);
    return bucket;
  }
}
