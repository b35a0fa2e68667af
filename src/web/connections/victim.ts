/** Which connection goes first when there are too many. Pure. */

/** `head`: its first request is not complete; `idle`: every request is answered. */
export type Phase = 'handshake' | 'head' | 'answering' | 'idle';

export interface Candidate {
  readonly peer: string;
  readonly phase: Phase;
  /** When it came into this phase; milliseconds of the monotonic clock. */
  readonly sinceMs: number;
  /** Since when its client has taken nothing of the answer that waits. */
  readonly stalledSinceMs: number | undefined;
}

/**
 * One out of the crowd: of the peer that has the most, and of what most of that peer's are at, so that a flood pushes out its own and not
 * the one connection beside it that asks something. Of those whoever reads nothing, and then the oldest: a newcomer with an honest
 * request has sent it before his turn comes.
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
