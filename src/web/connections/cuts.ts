import type { Cut } from './connection.ts';

/** Connections closed since the last report, for one line in the log, so that a flood does not flood the log. */
export interface CutReport {
  readonly cut: Readonly<Partial<Record<Cut, number>>>;
  /** The peer that lost the most connections. */
  readonly mostOf: string;
}

export class Cuts {
  #byReason = new Map<Cut, number>();
  #byPeer = new Map<string, number>();

  readonly add = (why: Cut, peer: string): void => {
    this.#byReason.set(why, (this.#byReason.get(why) ?? 0) + 1);
    // An attacker can use any number of peers.
    if (this.#byPeer.size < mostPeers || this.#byPeer.has(peer))
      this.#byPeer.set(peer, (this.#byPeer.get(peer) ?? 0) + 1);
  };

  /** @returns undefined if none was closed. */
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
