/** The overview as CSV (RFC 4180), for a spreadsheet: what the page shows, for the same search, on one sheet. */
import { Router } from 'express';
import type { EnvironmentStatus } from '../status/index.ts';
import { escaped, type SafeText } from '../text/index.ts';
import { daysUntil, rfc3339 } from '../time/index.ts';
import { inBatches, sendPieces } from './answers/pieces.ts';
import { filterOf } from './page/overview/filter.ts';
import { found } from './page/overview/select.ts';
import { readOnly } from './problem.ts';
import type { Shown } from './shown.ts';

const columns: readonly (readonly [heading: string, value: (environment: EnvironmentStatus, now: Date) => string])[] = [
  ['environment', ({ name }) => name],
  ['status', ({ status }) => status],
  ['cause', ({ diagnosis }) => diagnosis.cause?.code ?? ''],
  ['headline', ({ diagnosis }) => diagnosis.headline],
  ['do first', ({ diagnosis }) => (diagnosis.cause ? diagnosis.firstAction : '')],
  ['expires', ({ expiresAt }) => (expiresAt ? rfc3339(expiresAt) : '')],
  ['days left', ({ expiresAt }, now) => (expiresAt ? String(daysUntil(expiresAt, now)) : '')],
  ['handshake', ({ handshake }) => handshake.last?.reason ?? handshake.last?.outcome ?? ''],
  ['last handshake', ({ handshake }) => (handshake.last ? rfc3339(handshake.last.startedAt) : '')],
  ['renewal', ({ renewal }) => renewal.state],
  ['application', ({ application }) => application],
  ['organisation', ({ odsCode }) => odsCode],
  ['mailbox', ({ mailboxId }) => mailboxId],
  ['address', ({ url }) => url],
  ['checked', ({ lastRunAt }) => (lastRunAt ? rfc3339(lastRunAt) : '')],
];

export function csvRoutes({ estate, now }: Shown): Router {
  const router = Router({ strict: true, caseSensitive: true });
  readOnly(router, '/environments.csv', async (request, response) => {
    const at = now();
    response.set({
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': 'attachment; filename="mesh-environments.csv"',
      'Cache-Control': 'no-store',
    });
    await sendPieces(request, response, environmentsCsv(found(estate().environments, filterOf(request.query), at), at));
  });
  return router;
}

/** In pieces: a heading, then one line for each environment, worst first. */
export function* environmentsCsv(environments: readonly EnvironmentStatus[], now: Date): Generator<string> {
  yield line(columns.map(([heading]) => heading));
  yield* inBatches(environments, (batch) =>
    batch.map((each) => line(columns.map(([, value]) => value(each, now)))).join(''),
  );
}

const line = (values: readonly string[]) => `${values.map(field).join(',')}\r\n`;

/** Text that a spreadsheet would read as a formula gets an apostrophe in front (OWASP, CSV injection); a number is left alone. */
function field(value: string): string {
  const text: SafeText = escaped(value);
  const harmless = /^[=+\-@]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
