/** What the web shows besides health and metrics: the pages, the calendar and the API, under one set of security headers. */
import type { RequestHandler, Router } from 'express';
import type { RenewalFiles } from '../renewal/read-files.ts';
import type { RenewalRecord } from '../renewal/types.ts';
import type { EstateStatus } from '../status/types.ts';
import { apiRoutes } from './api/routes.ts';
import { calendarRoutes } from './calendar.ts';
import { securityHeaders } from './headers.ts';
import { pageRoutes } from './page/routes.tsx';

/** All that the pages may look at. Nothing here changes anything. */
export interface Shown {
  /** The present; asked for every request. */
  readonly estate: () => EstateStatus;
  readonly now: () => Date;
  /** Every renewal on record, oldest first. Undefined: the record cannot be read now. */
  readonly renewals: () => readonly RenewalRecord[] | undefined;
  readonly renewalFiles: (record: RenewalRecord) => Promise<RenewalFiles>;
  /** Absolute. */
  readonly stateDir: () => string;
}

export interface Pages {
  readonly headers: RequestHandler;
  readonly routers: readonly Router[];
}

export function pages(shown: Shown): Pages {
  return { headers: securityHeaders, routers: [pageRoutes(shown), calendarRoutes(shown), apiRoutes(shown)] };
}
