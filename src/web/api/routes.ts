/** The same information as the pages, as JSON: with an ETag on every response, and always in the same order. */
import type { IncomingMessage } from 'node:http';
import { type Response, Router } from 'express';
import type { z } from 'zod';
import { worstStatus } from '../../findings/index.ts';
import { environmentJson, handshakeJson, renewalRecordJson } from '../../report/index.ts';
import type { EnvironmentStatus } from '../../status/index.ts';
import { jsonText } from '../../text/index.ts';
import { jsonList, sendTagged } from '../answers/pieces.ts';
import { readOnly, recordUnreadable, sendProblem } from '../problem.ts';
import type { Shown } from '../shown.ts';
import { openApiDocument } from './openapi.ts';
import type { environmentDetailSchema } from './schema.ts';

/** Renewals read from disk at a time. */
const atOnce = 50;

export function apiRoutes({ estate, now, renewals }: Shown): Router {
  const router = Router({ strict: true, caseSensitive: true });
  readOnly(router, '/api/v1/environments', async (request, response) => {
    const [{ environments }, at] = [estate(), now()];
    const status = jsonText(worstStatus(environments.map((each) => each.status)));
    const byNames = [...environments].sort(byName);
    await send(request, response, function* () {
      yield `{"status":${status},"environments":[`;
      yield* jsonList(byNames, (each) => jsonText(environmentJson(each, at)));
      yield ']}\n';
    });
  });
  readOnly<{ name: string }>(router, '/api/v1/environments/:name', async (request, response) => {
    const found = estate().environments.find(({ name }) => name === request.params.name);
    if (found) await send(request, response, () => [`${jsonText(detailJson(found, now()))}\n`]);
    else sendProblem(response, 404, 'No environment has that name.');
  });
  readOnly(router, '/api/v1/renewals', async (request, response) => {
    const records = renewals();
    if (!records) return sendProblem(response, 503, recordUnreadable);
    await send(request, response, function* () {
      yield '{"renewals":[';
      for (let from = 0; from < records.count; from += atOnce) {
        const batch = records.slice(from, atOnce).map((each) => jsonText(renewalRecordJson(each)));
        yield `${from > 0 ? ',' : ''}${batch.join(',')}`;
      }
      yield ']}\n';
    });
  });
  let description: string | undefined;
  readOnly(router, '/api/v1/openapi.json', async (request, response) => {
    description ??= `${jsonText(openApiDocument())}\n`;
    const text = description;
    await send(request, response, () => [text]);
  });
  return router;
}

export function detailJson(environment: EnvironmentStatus, now: Date): z.infer<typeof environmentDetailSchema> {
  return {
    ...environmentJson(environment, now),
    handshakeHistory: environment.handshake.history.map(handshakeJson),
  };
}

async function send(request: IncomingMessage, response: Response, make: () => Iterable<string>): Promise<void> {
  response.type('application/json; charset=utf-8');
  await sendTagged(request, response, make);
}

/** Code units, not the locale's order: the same on every machine. */
const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
