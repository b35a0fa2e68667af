/** Which environments a page of the overview shows: worst first, then soonest to expire. Pure. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import { type Standing, standingOf } from '../parts/words.ts';

export const perPage = 50;

export interface Selection {
  readonly environments: readonly EnvironmentStatus[];
  /** The search text. Empty for everything. */
  readonly query: string;
  /** Number found, over all pages. */
  readonly found: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

const rank: Readonly<Record<Standing, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 };
const never = Number.POSITIVE_INFINITY;

/** A page number beyond the last gives the last page, so that an old link still works. */
export function select(environments: readonly EnvironmentStatus[], query: string, page: number): Selection {
  const all = found(environments, query);
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const shown = Math.min(Math.max(1, page), pages);
  return {
    environments: all.slice((shown - 1) * perPage, shown * perPage),
    query,
    found: all.length,
    page: shown,
    pages,
  };
}

/** On all pages together. */
export function found(environments: readonly EnvironmentStatus[], query: string): readonly EnvironmentStatus[] {
  const words = [...new Set(query.toLowerCase().split(/\s+/).filter(Boolean))];
  const sorted = worstFirst(environments);
  return words.length > 0 ? sorted.filter((each) => matches(each, words)) : sorted;
}

const longestQuery = 200;

/** The search text of a request: whatever is not text is none. */
export const queryOf = (q: unknown): string => (typeof q === 'string' ? q : '').trim().slice(0, longestQuery);

/** Sorted once until something changes. */
const sortings = new WeakMap<readonly EnvironmentStatus[], readonly EnvironmentStatus[]>();

function worstFirst(environments: readonly EnvironmentStatus[]): readonly EnvironmentStatus[] {
  const sorted = sortings.get(environments) ?? environments.toSorted(worstThenSoonest);
  sortings.set(environments, sorted);
  return sorted;
}

export function worstThenSoonest(a: EnvironmentStatus, b: EnvironmentStatus): number {
  return (
    rank[standingOf(a)] - rank[standingOf(b)] ||
    compare(a.expiresAt?.getTime() ?? never, b.expiresAt?.getTime() ?? never) ||
    compare(a.name, b.name)
  );
}

function matches(
  { name, application, odsCode, mailboxId, url, preset }: EnvironmentStatus,
  words: readonly string[],
): boolean {
  const text = `${name} ${application} ${odsCode} ${mailboxId} ${url} ${preset ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Code units, not the locale's order: the same on every machine. */
function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type Tally = Readonly<Record<Standing, number>>;

export function tally(environments: readonly EnvironmentStatus[]): Tally {
  const counts = { critical: 0, warning: 0, ok: 0, unknown: 0 };
  for (const each of environments) counts[standingOf(each)] += 1;
  return counts;
}

/** The worst standing of any environment. */
export function worstStanding(counts: Tally): Standing {
  return (['critical', 'warning', 'unknown'] as const).find((standing) => counts[standing] > 0) ?? 'ok';
}
