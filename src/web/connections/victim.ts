/** Which connection to close when there are too many. Pure. */

/** `head`: the first request is not complete. `idle`: all requests have been answered. */
export type Phase = 'handshake' | 'head' | 'answering' | 'idle';

export interface Candidate {
  readonly peer: string;
  readonly phase: Phase;
  /** When it entered this phase. Milliseconds of the monotonic clock. */
  readonly sinceMs: number;
  /** Since when its client has read nothing of the response that is waiting. */
  readonly stalledSinceMs: number | undefined;
}

/**
 * One of the largest group: the peer with the most connections, and among those the phase that most of them are in. So a flood pushes out its
 * own connections, and not the one next to them that has a real request. Within the group, first those that read nothing, then the oldest:
 * by the time a new connection is the oldest, it has sent its request.
 */
export function victimOf<C extends Candidate>(connections: Iterable<C>): C | undefined {
  const all = [...connections];
  const crowd = largest(
    largest(all, ({ peer }) => peer),
    ({ phase }) => phase,
  );
  let victim: C | undefined;
  for (const each of crowd) if (!victim || goesBefore(each, victim)) victim = each;
  return victim;
}

function largest<C>(all: readonly C[], keyOf: (each: C) => string): readonly C[] {
  let most: readonly C[] = [];
  for (const group of Map.groupBy(all, keyOf).values()) if (group.length > most.length) most = group;
  return most;
}

function goesBefore(a: Candidate, b: Candidate): boolean {
  const never = Number.POSITIVE_INFINITY;
  const [stalledA, stalledB] = [a.stalledSinceMs ?? never, b.stalledSinceMs ?? never];
  return stalledA === stalledB ? a.sinceMs < b.sinceMs : stalledA < stalledB;
}
