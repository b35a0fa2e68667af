/** Which environments a page of the overview shows, and in which order. Pure. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import { dayMs } from '../../../time/index.ts';
import { type Standing, standingOf, standings } from '../parts/words.ts';
import type { Expiry, Filter, Sort } from './filter.ts';

export const perPage = 50;

export interface Selection {
  readonly environments: readonly EnvironmentStatus[];
  readonly filter: Filter;
  /** As it is, where the filter does not say. */
  readonly sort: Sort;
  /** Number found, over all pages. */
  readonly found: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

const rank = (environment: EnvironmentStatus): number => standings.indexOf(standingOf(environment));
const never = Number.POSITIVE_INFINITY;

/** A page number beyond the last gives the last page, so that an old link still works. */
export function select(environments: readonly EnvironmentStatus[], filter: Filter, page: number, now: Date): Selection {
  const sort = filter.sort ?? usualSort(environments);
  const all = found(environments, { ...filter, sort }, now);
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const shown = Math.min(Math.max(1, page), pages);
  return {
    environments: all.slice((shown - 1) * perPage, shown * perPage),
    filter,
    sort,
    found: all.length,
    page: shown,
    pages,
  };
}

/** On all pages together. */
export function found(
  environments: readonly EnvironmentStatus[],
  { query, state, expires, sort = 'state' }: Filter,
  now: Date,
): readonly EnvironmentStatus[] {
  const words = [...new Set(query.toLowerCase().split(/\s+/).filter(Boolean))];
  return sorted(environments, sort).filter(
    (each) =>
      (state === undefined || standingOf(each) === state) &&
      (expires === undefined || expiresWithin(each, expires, now)) &&
      matches(each, words),
  );
}

function expiresWithin({ expiresAt }: EnvironmentStatus, days: Expiry, now: Date): boolean {
  return expiresAt !== undefined && expiresAt.getTime() < now.getTime() + days * dayMs;
}

/** Groups say something if there are several, and most have several environments. */
function usualSort(environments: readonly EnvironmentStatus[]): Sort {
  const applications = new Set(environments.map(({ application }) => application)).size;
  return applications > 1 && environments.length >= 2 * applications ? 'application' : 'state';
}

/** Sorted once until something changes. */
const sortings = new WeakMap<readonly EnvironmentStatus[], Map<Sort, readonly EnvironmentStatus[]>>();

function sorted(environments: readonly EnvironmentStatus[], sort: Sort): readonly EnvironmentStatus[] {
  const known = sortings.get(environments) ?? new Map<Sort, readonly EnvironmentStatus[]>();
  const order = known.get(sort) ?? environments.toSorted(comparison(environments, sort));
  sortings.set(environments, known.set(sort, order));
  return order;
}

type Comparison = (a: EnvironmentStatus, b: EnvironmentStatus) => number;

function comparison(environments: readonly EnvironmentStatus[], sort: Sort): Comparison {
  if (sort === 'name') return byName;
  if (sort === 'expiry') return (a, b) => byExpiry(a, b) || byName(a, b);
  return sort === 'state' ? worstThenSoonest : byApplication(environments);
}

/** The application with the worst environment first. */
function byApplication(environments: readonly EnvironmentStatus[]): Comparison {
  const worst = new Map<string, number>();
  for (const each of environments)
    worst.set(each.application, Math.min(worst.get(each.application) ?? never, rank(each)));
  return (a, b) =>
    compare(worst.get(a.application) ?? never, worst.get(b.application) ?? never) ||
    compare(a.application, b.application) ||
    worstThenSoonest(a, b);
}

export const worstThenSoonest: Comparison = (a, b) => rank(a) - rank(b) || byExpiry(a, b) || byName(a, b);

const byExpiry: Comparison = (a, b) => compare(a.expiresAt?.getTime() ?? never, b.expiresAt?.getTime() ?? never);
const byName: Comparison = (a, b) => compare(a.name, b.name);

function matches(
  { name, application, odsCode, mailboxId, url, preset }: EnvironmentStatus,
  words: readonly string[],
): boolean {
  if (words.length === 0) return true;
  const text = `${name} ${application} ${odsCode} ${mailboxId} ${url} ${preset ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Code units, not the locale's order: the same on every machine. */
function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type Tally = Readonly<Record<Standing, number>>;

export function tally(environments: readonly EnvironmentStatus[]): Tally {
  const known = tallies.get(environments) ?? count(environments);
  tallies.set(environments, known);
  return known;
}

/** Counted once until something changes: the frame of every page says it, too. */
const tallies = new WeakMap<readonly EnvironmentStatus[], Tally>();

function count(environments: readonly EnvironmentStatus[]): Tally {
  const counts = { critical: 0, warning: 0, ok: 0, unknown: 0 };
  for (const each of environments) counts[standingOf(each)] += 1;
  return counts;
}

/** The worst standing of any environment. */
export function worstStanding(counts: Tally): Standing {
  return standings.find((standing) => counts[standing] > 0) ?? 'ok';
}
