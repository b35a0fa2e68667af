/** Everything except health and metrics: the pages, the calendar and the API, with the same security headers. */
import type { RequestHandler } from 'express';
import { apiRoutes } from './api/routes.ts';
import { calendarRoutes } from './calendar.ts';
import { csvRoutes } from './environments-csv.ts';
import { securityHeaders } from './headers.ts';
import { wrongAddress } from './page/answer.tsx';
import { createAssets } from './page/parts/assets.ts';
import { pageRoutes } from './page/routes.tsx';
import type { Shown } from './shown.ts';

export interface Pages {
  readonly headers: RequestHandler;
  readonly routers: readonly RequestHandler[];
}

/** For `createApp`. Its argument is read for every request. */
export function pages(shown: Shown): Pages {
  const site = { shown, assets: createAssets() };
  return {
    headers: securityHeaders,
    routers: [pageRoutes(site), calendarRoutes(shown), csvRoutes(shown), apiRoutes(shown), wrongAddress(site)],
  };
}
