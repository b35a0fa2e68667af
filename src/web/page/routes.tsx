/** The HTML pages. Each is rendered for every request from the current state. */
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { type RenewalRecord, stateCatalogue } from '../../renewal/index.ts';
import { readOnly } from '../problem.ts';
import { type Site, sendMissing, sendPage } from './answer.tsx';
import { EnvironmentPage } from './environment/environment-page.tsx';
import { mostTroubled, needsSomebody } from './overview/attention.tsx';
import { filterOf, isNarrow } from './overview/filter.ts';
import { environmentHeading, overviewHeading } from './overview/headline.ts';
import { Overview } from './overview/overview-page.tsx';
import { found, perPage, select, tally } from './overview/select.ts';
import { standingOf } from './parts/words.ts';
import { RenewalPage } from './renewals/renewal-page.tsx';
import { RenewalsPage } from './renewals/renewals-page.tsx';
import { urgentRenewals } from './renewals/urgent.ts';

export function pageRoutes(site: Site): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use(site.assets.router);
  readOnly(router, '/', (request, response) => overview(site, request, response));
  readOnly<{ name: string }>(router, '/environments/:name', (request, response) =>
    environment(site, request, response),
  );
  readOnly(router, '/renewals', (request, response) => renewals(site, request, response));
  readOnly<{ name: string; certificate?: string }>(router, '/renewals/:name{/:certificate}', (request, response) =>
    renewal(site, request, response),
  );
  return router;
}

function overview(site: Site, request: Request, response: Response): Promise<void> {
  const { shown } = site;
  const [estate, now] = [shown.estate(), shown.now()];
  const { environments } = estate;
  const counts = tally(environments);
  const selection = select(environments, filterOf(request.query), numberOf(request.query.page), now);
  const troubled = found(environments, { query: '', sort: 'state' }, now)
    .slice(0, mostTroubled)
    .filter(needsSomebody)
    .map((environment) => ({ environment, since: shown.past(environment.name, now)?.since }));
  const onTop = new Set(isNarrow(selection.filter) ? [] : troubled.map(({ environment }) => environment));
  const lines = selection.environments.map((environment) => {
    return { environment, past: shown.past(environment.name, now), isOnTop: onTop.has(environment), now };
  });
  const headline = overviewHeading(counts);
  return sendPage(
    site,
    request,
    response,
    { title: headline, headline, section: 'environments' },
    <Overview estate={estate} selection={selection} lines={lines} troubled={troubled} tally={counts} now={now} />,
  );
}

function environment(site: Site, request: Request<{ name: string }>, response: Response): Promise<void> {
  const { shown } = site;
  const { name } = request.params;
  const environment = shown.estate().environments.find((each) => each.name === name);
  const now = shown.now();
  if (!environment) return sendMissing(site, request, response, 'No environment has that name.');
  const headline = `${name}: ${environmentHeading(environment, now)}`;
  return sendPage(
    site,
    request,
    response,
    { title: headline, headline, section: 'environments', standing: standingOf(environment) },
    <EnvironmentPage environment={environment} past={shown.past(name, now)} now={now} />,
  );
}

function renewals(site: Site, request: Request, response: Response): Promise<void> {
  const { shown } = site;
  const records = shown.renewals();
  const count = records?.count ?? 0;
  const pages = Math.max(1, Math.ceil(count / perPage));
  const page = Math.min(Math.max(1, numberOf(request.query.page)), pages);
  // They are kept oldest first, and shown newest first.
  const [from, to] = [Math.max(0, count - page * perPage), count - (page - 1) * perPage];
  return sendPage(
    site,
    request,
    response,
    { title: 'Renewals', headline: 'Renewals', section: 'renewals' },
    <RenewalsPage
      records={records?.slice(from, to - from).toReversed()}
      urgent={urgentRenewals(shown.estate().environments)}
      page={page}
      pages={pages}
      found={count}
      now={shown.now()}
    />,
  );
}

async function renewal(
  site: Site,
  request: Request<{ name: string; certificate?: string }>,
  response: Response,
): Promise<void> {
  const { shown } = site;
  const { name, certificate } = request.params;
  const records = shown.renewals()?.of(name).toReversed() ?? [];
  const record = certificate
    ? records.find(({ fingerprintSha256 }) => fingerprintSha256.slice(0, 16) === certificate)
    : current(records);
  if (!record) return sendMissing(site, request, response, 'There is no such renewal.');
  const files = await shown.renewalFiles(record);
  const title = `Renewal of ${name}: ${stateCatalogue[record.state].label.toLowerCase()}`;
  return sendPage(
    site,
    request,
    response,
    { title, headline: title, section: 'renewals' },
    <RenewalPage
      record={record}
      configured={shown.estate().environments.some((each) => each.name === name)}
      others={records.filter((each) => each !== record)}
      files={files}
      {...(record.keyFile ? { keyPath: join(shown.stateDir(), record.keyFile) } : {})}
      now={shown.now()}
    />,
  );
}

/** The open renewal of an environment, or the newest if all are closed. */
function current(newestFirst: readonly RenewalRecord[]): RenewalRecord | undefined {
  return newestFirst.find(({ closedAt }) => !closedAt) ?? newestFirst[0];
}

/** The page of a list. Anything that is not a number gives the first. */
const numberOf = (value: unknown): number => Number(/^\d{1,6}$/.exec(typeof value === 'string' ? value : '')?.[0] ?? 1);
