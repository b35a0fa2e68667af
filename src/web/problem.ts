/** RFC 9457 problem details: what every route answers when it cannot answer, but for the page. */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response, Router } from 'express';
import { jsonText } from '../text/index.ts';

/** `detail` is read by people and must not repeat what the client sent, nor anything secret. */
export function sendProblem(response: Response, status: number, detail?: string): void {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, ...(detail ? { detail } : {}) };
  response
    .status(status)
    .set({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
    .send(`${jsonText(problem)}\n`);
}

/** Nothing here changes state: a route answers GET and HEAD, and refuses everything else (RFC 9110 §15.5.6). */
export function readOnly<Parameters = Record<string, string>>(
  router: Router,
  path: string,
  ...handlers: RequestHandler<Parameters>[]
): void {
  router
    .route(path)
    .get(...(handlers as RequestHandler[]))
    .all((_request, response) => {
      response.set('Allow', 'GET, HEAD');
      sendProblem(response, 405, 'This service only shows; every route is GET.');
    });
}

export const notFound: RequestHandler = (_request, response) => {
  sendProblem(response, 404);
};

/** A client’s mistake is told to the client; ours is told to the log, and the client learns nothing of how we are built. */
export function errorHandler(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const status = statusOfError(error);
    if (status >= 500) report(error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, status);
  };
}

function statusOfError(error: unknown): number {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
