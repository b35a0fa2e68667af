/** The same information as the pages, as JSON: with an ETag on every response, and always in the same order. */
import { createHash } from 'node:crypto';
import { type Response, Router } from 'express';
import type { z } from 'zod';
import { environmentJson, handshakeJson, renewalRecordJson, worstStatus } from '../../report/index.ts';
import type { EnvironmentStatus } from '../../status/index.ts';
import { jsonText } from '../../text/index.ts';
import { readOnly, sendProblem } from '../problem.ts';
import type { Shown } from '../shown.ts';
import { writeInBatches } from '../write-in-batches.ts';
import { openApiDocument } from './openapi.ts';
import type { environmentDetailSchema } from './schema.ts';

export function apiRoutes({ estate, now, renewals }: Shown): Router {
  const router = Router({ strict: true, caseSensitive: true });
  readOnly(router, '/api/v1/environments', async (_request, response) => {
    const { environments } = estate();
    const status = jsonText(worstStatus(environments.map((each) => each.status)));
    const list = await writeInBatches([...environments].sort(byName), (each) => jsonText(environmentJson(each, now())));
    send(response, `{"status":${status},"environments":[${list.join(',')}]}\n`);
  });
  readOnly<{ name: string }>(router, '/api/v1/environments/:name', (request, response) => {
    const found = estate().environments.find(({ name }) => name === request.params.name);
    if (found) send(response, `${jsonText(detailJson(found, now()))}\n`);
    else sendProblem(response, 404, 'No environment has that name.');
  });
  readOnly(router, '/api/v1/renewals', async (_request, response) => {
    const records = renewals();
    if (!records) return sendProblem(response, 503, 'The record of renewals cannot be read at the moment.');
    const list = await writeInBatches(records, (each) => jsonText(renewalRecordJson(each)));
    send(response, `{"renewals":[${list.join(',')}]}\n`);
  });
  let description: string | undefined;
  readOnly(router, '/api/v1/openapi.json', (_request, response) => {
    description ??= `${jsonText(openApiDocument())}\n`;
    send(response, description);
  });
  return router;
}

export function detailJson(environment: EnvironmentStatus, now: Date): z.infer<typeof environmentDetailSchema> {
  return {
    ...environmentJson(environment, now),
    handshakeHistory: environment.handshake.history.map(handshakeJson),
  };
}

/** Responds with 304 if the client already has it. */
function send(response: Response, body: string): void {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  response
    .set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'private, no-cache', ETag: etag })
    .status(has(response.req.headers['if-none-match'], etag) ? 304 : 200)
    .send(body);
}

/**
 * RFC 9110 §13.1.2, with the weak comparison. Express’s own comparison is not used: it obeys `Cache-Control: no-cache` in the request, which is
 * meant for caches, and which `fetch` sends with every If-None-Match.
 */
function has(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return known.includes('*') || known.includes(etag);
}

/** Code units, not the locale's order: the same on every machine. */
const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
