/** The disagreements that are accepted: `accepted.yaml`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Case } from './case.ts';
import type { Judged, Side } from './judge.ts';

export interface AcceptedGroup {
  readonly side: Side;
  readonly reason: string;
  readonly cases?: readonly string[];
  readonly kinds?: readonly string[];
}

export const readAccepted = (): AcceptedGroup[] =>
  parse(readFileSync(join(import.meta.dirname, 'accepted.yaml'), 'utf8')) as AcceptedGroup[];

const covers = (group: AcceptedGroup, { id, kind }: Case): boolean =>
  group.cases?.includes(id) === true || (kind !== undefined && group.kinds?.includes(kind) === true);

export interface Verdict {
  /** Disagreements that nobody has explained. */
  readonly unexplained: readonly Judged[];
  /** Accepted cases that ran and do not disagree, or not in that direction. */
  readonly stale: readonly string[];
}

export function compareWithAccepted(judged: readonly Judged[], accepted = readAccepted()): Verdict {
  const explains = (each: Judged) => accepted.some((group) => group.side === each.side && covers(group, each.test));
  const byId = new Map(judged.map((each) => [each.test.id, each]));
  const stale = accepted.flatMap(({ cases = [], side }) =>
    cases.filter((id) => byId.has(id) && byId.get(id)?.side !== side),
  );
  return { unexplained: judged.filter((each) => each.side && !explains(each)), stale };
}

/** How many disagreements each group explains. */
export const countAccepted = (judged: readonly Judged[], accepted = readAccepted()) =>
  accepted.map((group) => ({
    group,
    count: judged.filter((each) => each.side === group.side && covers(group, each.test)).length,
  }));
