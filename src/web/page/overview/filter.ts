/** What the reader of the overview asks for, as the address has it: `/?q=trust&state=critical&expires=30&sort=name&page=2`. Pure. */
import { type Standing, standings } from '../parts/words.ts';

/** Days within which the credential expires; 0 for those that have expired. */
export const expiryChoices = [0, 14, 30, 60, 90] as const;
export type Expiry = (typeof expiryChoices)[number];

/** `application` is worst first within each application. */
export const sortChoices = ['application', 'state', 'expiry', 'name'] as const;
export type Sort = (typeof sortChoices)[number];

export interface Filter {
  /** Words that all have to be found. Empty for everything. */
  readonly query: string;
  readonly state?: Standing;
  readonly expires?: Expiry;
  /** Undefined: by application if several have several environments, otherwise worst first. */
  readonly sort?: Sort;
}

const longestQuery = 200;

/** Whatever is not one of the choices is left out, so that an old or mistyped address still shows something. */
export function filterOf(asked: Readonly<Record<string, unknown>>): Filter {
  const state = standings.find((each) => each === asked.state);
  const expires = expiryChoices.find((each) => String(each) === asked.expires);
  const sort = sortChoices.find((each) => each === asked.sort);
  return {
    query: (typeof asked.q === 'string' ? asked.q : '').trim().slice(0, longestQuery),
    ...(state ? { state } : {}),
    ...(expires === undefined ? {} : { expires }),
    ...(sort ? { sort } : {}),
  };
}

/** Whether it leaves anything out. */
export const isNarrow = ({ query, state, expires }: Filter): boolean =>
  query !== '' || state !== undefined || expires !== undefined;

/** Empty, or `?…`. @param page - from 1; left out if it is the first. */
export function addressOf({ query, state, expires, sort }: Filter, page = 1): string {
  const parameters = new URLSearchParams({
    ...(query ? { q: query } : {}),
    ...(state ? { state } : {}),
    ...(expires === undefined ? {} : { expires: String(expires) }),
    ...(sort ? { sort } : {}),
    ...(page > 1 ? { page: String(page) } : {}),
  }).toString();
  return parameters && `?${parameters}`;
}
