/** The HTML pages. Each is rendered for every request from the current state. */
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { type RenewalRecord, stateCatalogue } from '../../renewal/index.ts';
import { readOnly } from '../problem.ts';
import type { Shown } from '../shown.ts';
import { EnvironmentPage } from './environment/environment-page.tsx';
import { environmentHeading, overviewHeading } from './overview/headline.ts';
import { Overview } from './overview/overview-page.tsx';
import { perPage, queryOf, select, tally, worstStanding } from './overview/select.ts';
import { type Assets, createAssets } from './parts/assets.ts';
import { NotFound } from './parts/not-found.tsx';
import { renderPage } from './parts/render.tsx';
import { type Standing, standingOf } from './parts/words.ts';
import { RenewalPage } from './renewals/renewal-page.tsx';
import { RenewalsPage } from './renewals/renewals-page.tsx';
import { urgentRenewals } from './renewals/urgent.ts';
import type { Frame } from './views.ts';

export function pageRoutes(shown: Shown): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const assets = createAssets();
  router.use(assets.router);
  readOnly(router, '/', (request, response) => overview(shown, assets, request, response));
  readOnly<{ name: string }>(router, '/environments/:name', (request, response) =>
    environment(shown, assets, request, response),
  );
  readOnly(router, '/renewals', (request, response) => renewals(shown, assets, request, response));
  readOnly<{ name: string; certificate?: string }>(router, '/renewals/:name{/:certificate}', (request, response) =>
    renewal(shown, assets, request, response),
  );
  return router;
}

function overview({ estate, now }: Shown, assets: Assets, request: Request, response: Response): void {
  const [state, at] = [estate(), now()];
  const counts = tally(state.environments);
  const query = queryOf(request.query.q);
  const selection = select(state.environments, query, numberOf(request.query.page));
  const headline = overviewHeading(counts);
  send(
    response,
    { ...frame(assets, request, worstStanding(counts), at), title: headline, headline, section: 'environments' },
    <Overview estate={state} selection={selection} tally={counts} now={at} />,
  );
}

function environment(
  { estate, now }: Shown,
  assets: Assets,
  request: Request<{ name: string }>,
  response: Response,
): void {
  const { name } = request.params;
  const found = estate().environments.find((each) => each.name === name);
  const at = now();
  if (!found) {
    missing(assets, request, at, 'No environment has that name.', response);
    return;
  }
  const headline = `${name}: ${environmentHeading(found, at)}`;
  send(
    response,
    { ...frame(assets, request, standingOf(found), at), title: headline, headline, section: 'environments' },
    <EnvironmentPage environment={found} now={at} />,
  );
}

function renewals(shown: Shown, assets: Assets, request: Request, response: Response): void {
  const [records, at] = [shown.renewals(), shown.now()];
  const found = records?.count ?? 0;
  const pages = Math.max(1, Math.ceil(found / perPage));
  const page = Math.min(Math.max(1, numberOf(request.query.page)), pages);
  // They are kept oldest first, and shown newest first.
  const [from, to] = [Math.max(0, found - page * perPage), found - (page - 1) * perPage];
  const some = records?.slice(from, to - from).toReversed();
  send(
    response,
    {
      ...frame(assets, request, estateStanding(shown), at),
      title: 'Renewals',
      headline: 'Renewals',
      section: 'renewals',
    },
    <RenewalsPage
      records={some}
      urgent={urgentRenewals(shown.estate().environments)}
      page={page}
      pages={pages}
      found={found}
      now={at}
    />,
  );
}

async function renewal(
  shown: Shown,
  assets: Assets,
  request: Request<{ name: string; certificate?: string }>,
  response: Response,
): Promise<void> {
  const at = shown.now();
  const { name, certificate } = request.params;
  const records = shown.renewals()?.of(name).toReversed() ?? [];
  const record = certificate
    ? records.find(({ fingerprintSha256 }) => fingerprintSha256.slice(0, 16) === certificate)
    : current(records);
  if (!record) return missing(assets, request, at, 'There is no such renewal.', response);
  const files = await shown.renewalFiles(record);
  const title = `Renewal of ${name}: ${stateCatalogue[record.state].label.toLowerCase()}`;
  send(
    response,
    { ...frame(assets, request, estateStanding(shown), at), title, headline: title, section: 'renewals' },
    <RenewalPage
      record={record}
      configured={shown.estate().environments.some((each) => each.name === name)}
      others={records.filter((each) => each !== record)}
      files={files}
      {...(record.keyFile ? { keyPath: join(shown.stateDir(), record.keyFile) } : {})}
      now={at}
    />,
  );
}

/** The open renewal of an environment, or the newest if all are closed. */
function current(newestFirst: readonly RenewalRecord[]): RenewalRecord | undefined {
  return newestFirst.find(({ closedAt }) => !closedAt) ?? newestFirst[0];
}

function missing(assets: Assets, request: Request<object>, now: Date, what: string, response: Response): void {
  response.status(404);
  const title = 'Not found';
  send(response, { ...frame(assets, request, 'unknown', now), title, headline: title }, <NotFound what={what} />);
}

const estateStanding = ({ estate }: Shown): Standing => worstStanding(tally(estate().environments));

function frame({ styles, script, icon }: Assets, request: Request<object>, standing: Standing, now: Date) {
  const { pathname, search } = new URL(request.originalUrl, 'http://here');
  return { here: pathname + search, styles, script, icon: icon(standing), standing, now };
}

function send(response: Response, page: Frame, content: Parameters<typeof renderPage>[1]): void {
  response.set('Cache-Control', 'no-store').type('html').send(renderPage(page, content));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The page of a list. Anything that is not a number gives the first. */
const numberOf = (value: unknown): number => Number(/^\d{1,6}$/.exec(textOf(value))?.[0] ?? 1);
