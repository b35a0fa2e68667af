import type { Cut } from './connection.ts';

/** What was cut since the last report, for one line of the log: a flood must not become a flood of lines. */
export interface CutReport {
  readonly cut: Readonly<Partial<Record<Cut, number>>>;
  /** The peer that lost the most. */
  readonly mostOf: string;
}

export class Cuts {
  #byReason = new Map<Cut, number>();
  #byPeer = new Map<string, number>();

  readonly add = (why: Cut, peer: string): void => {
    this.#byReason.set(why, (this.#byReason.get(why) ?? 0) + 1);
    // Peers are as many as an attacker likes.
    if (this.#byPeer.size < mostPeers || this.#byPeer.has(peer))
      this.#byPeer.set(peer, (this.#byPeer.get(peer) ?? 0) + 1);
  };

  /** @returns undefined when nothing was cut. */
  take(): CutReport | undefined {
    if (this.#byReason.size === 0) return undefined;
    const [mostOf = ''] = [...this.#byPeer].sort(([, a], [, b]) => b - a)[0] ?? [];
    const cut = Object.fromEntries(this.#byReason);
    this.#byReason = new Map();
    this.#byPeer = new Map();
    return { cut, mostOf };
  }
}

const mostPeers = 1000;
