/** RFC 9457 problem details: the error response of every route except the pages. */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response, Router } from 'express';
import { StoreError } from '../renewal/index.ts';
import { jsonText } from '../text/index.ts';

/** `detail` is for people. It must not repeat what the client sent, or anything secret. */
export function sendProblem(response: Response, status: number, detail?: string): void {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, ...(detail ? { detail } : {}) };
  response
    .status(status)
    .set({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
    .send(`${jsonText(problem)}\n`);
}

export const recordUnreadable = 'The record of renewals cannot be read at the moment.';

/** Nothing here changes state: a route accepts GET and HEAD, and refuses every other method (RFC 9110 §15.5.6). */
export function readOnly<Parameters = Record<string, string>>(
  router: Router,
  path: string,
  ...handlers: RequestHandler<Parameters>[]
): void {
  router
    .route(path)
    .get(...(handlers as RequestHandler[]))
    .all(refuseMethod('GET, HEAD', 'This service is read-only: use GET or HEAD.'));
}

/** For a route's other methods. */
export const refuseMethod =
  (allow: string, detail: string): RequestHandler =>
  (_request, response) => {
    response.set('Allow', allow);
    sendProblem(response, 405, detail);
  };

export const notFound: RequestHandler = (_request, response) => {
  sendProblem(response, 404);
};

/** A client’s error is reported to the client. Ours is reported to the log, and the client learns nothing about the internals. */
export function errorHandler(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    // Of several records one may be damaged, which shows only when it is read.
    const [status, detail] = error instanceof StoreError ? [503, recordUnreadable] : [statusOfError(error)];
    if (status >= 500) report(error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, status, detail);
  };
}

function statusOfError(error: unknown): number {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
