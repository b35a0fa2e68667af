/** The HTML pages. Each is rendered for every request from the current state. */
import { type Request, type Response, Router } from 'express';
import { readOnly } from '../problem.ts';
import { type Site, sendMissing, sendPage } from './answer.tsx';
import { EnvironmentPage } from './environment/environment-page.tsx';
import { inspectRoutes } from './inspect/routes.tsx';
import { mostTroubled, needsSomebody } from './overview/attention.tsx';
import { filterOf, isNarrow } from './overview/filter.ts';
import { environmentHeading, overviewHeading } from './overview/headline.ts';
import { Overview } from './overview/overview-page.tsx';
import { found, select, tally } from './overview/select.ts';
import { pageNumber } from './parts/pagination.tsx';
import { standingOf } from './parts/words.ts';
import { renewalRoutes } from './renewals/routes.tsx';

export function pageRoutes(site: Site): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use(site.assets.router);
  readOnly(router, '/', (request, response) => overview(site, request, response));
  readOnly<{ name: string }>(router, '/environments/:name', (request, response) =>
    environment(site, request, response),
  );
  router.use(renewalRoutes(site));
  inspectRoutes(router, site);
  return router;
}

function overview(site: Site, request: Request, response: Response): void {
  const { shown } = site;
  const [estate, now] = [shown.estate(), shown.now()];
  const { environments } = estate;
  const counts = tally(environments);
  const selection = select(environments, filterOf(request.query), pageNumber(request.query.page), now);
  const troubled = found(environments, { query: '', sort: 'state' }, now)
    .slice(0, mostTroubled)
    .filter(needsSomebody)
    .map((environment) => ({ environment, since: shown.past(environment.name, now)?.since }));
  const onTop = new Set(isNarrow(selection.filter) ? [] : troubled.map(({ environment }) => environment));
  const lines = selection.environments.map((environment) => {
    return { environment, past: shown.past(environment.name, now), isOnTop: onTop.has(environment), now };
  });
  const headline = overviewHeading(counts);
  sendPage(
    site,
    request,
    response,
    { title: headline, headline, section: 'environments' },
    <Overview estate={estate} selection={selection} lines={lines} troubled={troubled} tally={counts} now={now} />,
  );
}

function environment(site: Site, request: Request<{ name: string }>, response: Response): void {
  const { shown } = site;
  const { name } = request.params;
  const { configuration, environments } = shown.estate();
  const environment = environments.find((each) => each.name === name);
  const now = shown.now();
  if (!environment) return void sendMissing(site, request, response, 'No environment has that name.');
  const headline = `${name}: ${environmentHeading(environment, now)}`;
  sendPage(
    site,
    request,
    response,
    { title: headline, headline, section: 'environments', standing: standingOf(environment) },
    <EnvironmentPage
      environment={environment}
      past={shown.past(name, now)}
      configurationFile={configuration.file}
      now={now}
    />,
  );
}
