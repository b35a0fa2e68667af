/** All of HTTP: reads what the service knows, starts no check of an environment, changes nothing. */
import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type RequestHandler, type Response, Router } from 'express';
import { type Build, contentTypes, Exposition, negotiate } from '../metrics/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../status/index.ts';
import { jsonText } from '../text/index.ts';
import { type AccessOptions, requireAccess } from './access/access.ts';
import { sendPieces } from './answers/pieces.ts';
import { type Health, healthText, httpStatusOf, livenessOf, readinessOf, summaryOf } from './health.ts';
import { errorHandler, notFound, readOnly, sendProblem } from './problem.ts';
import { originForm } from './request-target.ts';

export interface WebOptions {
  /** The current time; called for every request. */
  readonly estate: () => EstateStatus;
  /** Until this resolves, nothing but the process itself can be told about. If it rejects, it never will. Default: at once. */
  readonly begun?: Promise<void>;
  readonly build: Build;
  /** One that is kept up to date between scrapes; if undefined, each scrape writes what has changed. */
  readonly exposition?: Exposition;
  readonly now: () => Date;
  /** Required everywhere except at `/health/live` and `/health/ready`, which orchestrators poll and which reveal nothing. */
  readonly basicAuth?: AccessOptions['basicAuth'];
  readonly clientCertificates?: AccessOptions['clientCertificates'];
  readonly clientOf?: AccessOptions['clientOf'];
  readonly verify?: AccessOptions['verify'];
  readonly clock?: AccessOptions['clock'];
  /** Security headers, set on every response before any route. */
  readonly headers?: RequestHandler;
  /** The page, the API and the calendar. */
  readonly routers?: readonly RequestHandler[];
  /** Called with errors that are our own. */
  readonly report: (error: unknown) => void;
}

/**
 * The whole HTTP surface, ready for {@link listen}.
 * @example
 * const app = createApp({ estate: () => monitor.estate(), build, now: () => new Date(), report: (error) => log.error({ error }, 'http') });
 * const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
 */
export function createApp(options: WebOptions): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  // An ETag would cost a digest of every response, and these are never the same twice; the API sets its own.
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  if (options.headers) app.use(options.headers);
  app.use(processRoutes(options));
  if (options.begun) app.use(whenBegun(options.begun));
  if (options.basicAuth || options.clientCertificates) app.use(requireAccess(options));
  app.use(estateRoutes(options));
  for (const router of options.routers ?? []) app.use(router);
  app.use(notFound);
  app.use(errorHandler(options.report));
  return (request, response) => {
    const target = originForm(request.url ?? '');
    // As Node answers what is not HTTP. Express would take some of these for a fault of ours.
    if (target === undefined) return void response.writeHead(400, { Connection: 'close' }).end();
    request.url = target;
    app(request, response);
  };
}

/** A request that comes while the service starts waits, rather than be told that there are no environments. */
const whenBegun =
  (begun: Promise<void>): RequestHandler =>
  (_request, response, next) =>
    void begun.then(
      () => next(),
      () => sendProblem(response, 503, 'The service is stopping.'),
    );

function newRouter(): Router {
  return Router({ strict: true, caseSensitive: true });
}

function processRoutes({ estate, build }: WebOptions): Router {
  const router = newRouter();
  readOnly(router, '/health/live', (_request, response) => sendHealth(response, livenessOf(build.version)));
  readOnly(router, '/health/ready', (_request, response) => sendHealth(response, readinessOf(estate(), build.version)));
  return router;
}

function estateRoutes({ estate, build, exposition = new Exposition(build), now }: WebOptions): Router {
  const router = newRouter();
  const send = (request: IncomingMessage, response: Response, environments: readonly EnvironmentStatus[]) => {
    const summary = summaryOf(environments, build.version);
    response.status(httpStatusOf(summary)).set(healthHeaders);
    return sendPieces(request, response, healthText(summary, environments, now()));
  };
  readOnly(router, '/health', (request, response) => send(request, response, estate().environments));
  readOnly(router, '/health/environments/:name', async (request, response) => {
    const found = estate().environments.find(({ name }) => name === request.params.name);
    if (found) await send(request, response, [found]);
    else sendProblem(response, 404, 'No environment has that name.');
  });
  readOnly(router, '/metrics', async (request, response) => {
    const format = negotiate(request.headers.accept);
    response.set({
      'Content-Type': contentTypes[format],
      'Cache-Control': 'no-store',
      Vary: 'Accept, Accept-Encoding',
    });
    if (!request.acceptsEncodings('gzip')) return sendPieces(request, response, exposition.text(estate(), format));
    response.set('Content-Encoding', 'gzip');
    await sendPieces(request, response, exposition.gzip(estate(), format));
  });
  return router;
}

const healthHeaders = { 'Content-Type': 'application/health+json', 'Cache-Control': 'no-store' };

function sendHealth(response: Response, health: Health): void {
  response
    .status(httpStatusOf(health))
    .set(healthHeaders)
    .send(`${jsonText(health)}\n`);
}
