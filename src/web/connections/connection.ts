import type { Socket } from 'node:net';
import { type Counters, type Drain, isTooSlow, startDrain, watchDrain } from './drain.ts';
import { limits } from './limits.ts';
import type { Candidate, Phase } from './victim.ts';

/** Why a connection was cut; the log counts them by these words. */
export type Cut = 'too many connections' | 'too slow to ask' | 'too slow to read' | 'too much unread' | 'idle';

/** One client's, from its first packet to its last. Times are milliseconds of the monotonic clock. */
export class Connection implements Candidate {
  readonly peer: string;
  readonly openedMs: number;
  /** The one that speaks HTTP: once there is TLS, the socket above the one that was accepted. */
  socket: Socket;
  phase: Phase;
  sinceMs: number;
  /** Its next answer is its last. */
  closing = false;
  /** Pipelined requests that wait for the answer before them. */
  readonly waiting: (() => void)[] = [];
  #begun = 0;
  #answered = 0;
  #drain: Drain | undefined;

  constructor(socket: Socket, peer: string, phase: Phase, nowMs: number) {
    this.socket = socket;
    this.peer = peer;
    this.phase = phase;
    this.openedMs = nowMs;
    this.sinceMs = nowMs;
  }

  get stalledSinceMs(): number | undefined {
    return this.#drain?.stalledSinceMs;
  }

  /** Bytes that have been written for the client and that he has not taken. */
  get unreadBytes(): number {
    return this.socket.writableLength;
  }

  enter(phase: Phase, nowMs: number): void {
    this.phase = phase;
    this.sinceMs = nowMs;
    this.#drain = phase === 'answering' ? startDrain(this.#counters(), nowMs) : undefined;
  }

  /** Counts a request whose head has been read. @returns whether it is not one too many. */
  mayBegin(): boolean {
    this.#begun += 1;
    return this.#begun - this.#answered <= limits.pipelined && !this.closing;
  }

  /** Whether the request that begins is the last for which it is kept. */
  isLast(nowMs: number): boolean {
    return this.closing || this.#begun >= limits.requestsPerConnection || nowMs - this.openedMs > limits.ageMs;
  }

  answered(nowMs: number): void {
    this.#answered += 1;
    this.enter('idle', nowMs);
  }

  /** @returns why it has to go, or undefined. */
  judge(nowMs: number): Cut | undefined {
    const ageMs = nowMs - this.sinceMs;
    switch (this.phase) {
      case 'handshake':
        return ageMs > limits.handshakeMs ? 'too slow to ask' : undefined;
      case 'head':
        return ageMs > limits.headMs ? 'too slow to ask' : undefined;
      case 'idle':
        // The head of its next request may be on the way, for which Node has a clock of its own.
        return this.closing || ageMs > limits.idleMs + limits.headMs ? 'idle' : undefined;
      case 'answering':
        this.#drain &&= watchDrain(this.#drain, this.#counters(), nowMs);
        return this.#drain && isTooSlow(this.#drain) ? 'too slow to read' : undefined;
    }
  }

  #counters(): Counters {
    const unreadBytes = this.unreadBytes;
    return { takenBytes: this.socket.bytesWritten - unreadBytes, waitingBytes: unreadBytes };
  }
}
