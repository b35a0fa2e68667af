/** One HTTP POST, bounded in time; of the answer only the status counts. */
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Variables } from '../sources/index.ts';
import { secondMs } from '../time/index.ts';

const withinMs = 10 * secondMs;

/** `problem`: a sentence without its subject, which never contains the address, because that may be the secret. */
export type Posted = { readonly delivered: true } | { readonly delivered: false; readonly problem: string };

/** HTTPS_PROXY and NO_PROXY are honoured. Redirects are not followed. The state of the world never makes it reject. */
export function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  env: Variables,
  stopping: AbortSignal,
): Promise<Posted> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(withinMs)]);
  const proxyEnv = Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'].map((name) => [name, env[name]]),
  );
  const secure = url.protocol === 'https:';
  const agent = secure ? new HttpsAgent({ proxyEnv }) : new HttpAgent({ proxyEnv });
  const sized = { ...headers, 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const failed = (problem: string) => resolve({ delivered: false, problem });
    const request = (secure ? requestHttps : requestHttp)(url, { method: 'POST', agent, headers: sized, signal });
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      if (statusCode >= 200 && statusCode <= 299) resolve({ delivered: true });
      else failed(`answers with HTTP ${statusCode}`);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      failed(
        signal.aborted
          ? `has not answered within ${withinMs / secondMs} seconds`
          : `cannot be reached (${error.code ?? 'unknown reason'})`,
      );
    });
    request.end(body);
  });
}
