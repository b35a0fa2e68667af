/** The HTTP surface: reads what the service knows, calls no check, changes nothing. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import express, { type Express, type RequestHandler, type Response, Router } from 'express';
import { type Build, contentTypes, negotiate, publish } from '../metrics/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { jsonText } from '../text/index.ts';
import { type BasicAuth, requireBasicAuth } from './basic-auth.ts';
import { type Health, healthOf, httpStatusOf, livenessOf, readinessOf } from './health.ts';
import { errorHandler, notFound, readOnly, sendProblem } from './problem.ts';

export interface WebOptions {
  /** The present; called for every request. */
  readonly estate: () => EstateStatus;
  readonly build: Build;
  readonly now: () => Date;
  /** Asked for everywhere but on `/health/live` and `/health/ready`, which orchestrators poll and which tell nothing. */
  readonly basicAuth?: BasicAuth;
  /** For every answer, before any route: security headers. */
  readonly headers?: RequestHandler;
  /** The page, the API and the calendar. */
  readonly routers?: readonly Router[];
  /** Told of errors that are ours. */
  readonly report: (error: unknown) => void;
}

/**
 * The whole HTTP surface, ready for {@link listen}.
 * @example
 * const app = createApp({ estate: () => monitor.estate(), build, now: () => new Date(), report: (error) => log.error({ error }, 'http') });
 * const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
 */
export function createApp(options: WebOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  // An ETag would cost a digest of every answer, and these are never the same twice; the API sets its own.
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  if (options.headers) app.use(options.headers);
  app.use(processRoutes(options));
  if (options.basicAuth) app.use(requireBasicAuth(options.basicAuth, options.report));
  app.use(estateRoutes(options));
  for (const router of options.routers ?? []) app.use(router);
  app.use(notFound);
  app.use(errorHandler(options.report));
  return app;
}

function newRouter(): Router {
  return Router({ strict: true, caseSensitive: true });
}

function processRoutes({ estate, build }: WebOptions): Router {
  const router = newRouter();
  readOnly(router, '/health/live', (_request, response) => sendHealth(response, livenessOf(build.version)));
  readOnly(router, '/health/ready', (_request, response) => sendHealth(response, readinessOf(estate(), build.version)));
  return router;
}

function estateRoutes({ estate, build, now }: WebOptions): Router {
  const router = newRouter();
  readOnly(router, '/health', (_request, response) => {
    sendHealth(response, healthOf(estate().environments, build.version, now()));
  });
  readOnly(router, '/health/environments/:name', (request, response) => {
    const found = estate().environments.find(({ name }) => name === request.params.name);
    if (found) sendHealth(response, healthOf([found], build.version, now()));
    else sendProblem(response, 404, 'No environment has that name.');
  });
  readOnly(router, '/metrics', async (request, response) => {
    const format = negotiate(request.headers.accept);
    response.set({ 'Content-Type': contentTypes[format], 'Cache-Control': 'no-store', Vary: 'Accept' });
    if (request.method === 'HEAD') return void response.end();
    await stream(publish(estate(), build, format), response);
  });
  return router;
}

/** Takes turns with other requests: a scrape of 10,000 environments must not hold up `/health/live`. */
async function stream(pieces: AsyncIterable<string>, response: Response): Promise<void> {
  async function* inTurns() {
    for await (const piece of pieces) {
      yield piece;
      await nextTurn();
    }
  }
  try {
    await pipeline(Readable.from(inTurns()), response);
  } catch (error) {
    // The client went away: nobody is left to tell.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function sendHealth(response: Response, health: Health): void {
  response
    .status(httpStatusOf(health))
    .set({ 'Content-Type': 'application/health+json', 'Cache-Control': 'no-store' })
    .send(`${jsonText(health)}\n`);
}
