import type { Socket } from 'node:net';
import { type Counters, type Drain, isTooSlow, startDrain, watchDrain } from './drain.ts';
import { limits } from './limits.ts';
import type { Candidate, Phase } from './victim.ts';

/** Why a connection was closed. The log counts them by these words. */
export type Cut = 'too many connections' | 'too slow to ask' | 'too slow to read' | 'too much unread' | 'idle';

/** One connection, from its first packet to its last. Times are milliseconds of the monotonic clock. */
export class Connection implements Candidate {
  readonly peer: string;
  readonly openedMs: number;
  /** The socket for HTTP. With TLS, not the socket that was accepted but the TLS socket on top of it. */
  socket: Socket;
  phase: Phase;
  sinceMs: number;
  /** To be closed after the next response. */
  closing = false;
  /** Pipelined requests that wait for the response before them. */
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

  /** Bytes that have been written but not yet sent, because the client does not read. */
  get unreadBytes(): number {
    return this.socket.writableLength;
  }

  enter(phase: Phase, nowMs: number): void {
    this.phase = phase;
    this.sinceMs = nowMs;
    this.#drain = phase === 'answering' ? startDrain(this.#counters(), nowMs) : undefined;
  }

  /** Counts a request whose headers have been read. @returns false if it is one too many. */
  mayBegin(): boolean {
    this.#begun += 1;
    return this.#begun - this.#answered <= limits.pipelined && !this.closing;
  }

  /** Whether to close it after the current request. */
  isLast(nowMs: number): boolean {
    return this.closing || this.#begun >= limits.requestsPerConnection || nowMs - this.openedMs > limits.ageMs;
  }

  answered(nowMs: number): void {
    this.#answered += 1;
    this.enter('idle', nowMs);
  }

  /** @returns why it has to be closed, or undefined. */
  judge(nowMs: number): Cut | undefined {
    const ageMs = nowMs - this.sinceMs;
    switch (this.phase) {
      case 'handshake':
        return ageMs > limits.handshakeMs ? 'too slow to ask' : undefined;
      case 'head':
        return ageMs > limits.headMs ? 'too slow to ask' : undefined;
      case 'idle':
        // The headers of the next request may be arriving; Node has its own timer for that.
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
