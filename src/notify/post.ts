/** One HTTP POST, bounded in time; of the answer only the status counts. */
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { agentProxy, ProxyConfigurationError, proxyFor } from '../mesh/index.ts';
import type { Variables } from '../sources/index.ts';
import { secondMs } from '../time/index.ts';

const withinMs = 10 * secondMs;

/**
 * `problem`: a sentence without its subject, which never contains the address, because that may be the secret. `refused`: the receiver works, but does
 * not accept this body.
 */
export type Posted =
  | { readonly delivered: true }
  | { readonly delivered: false; readonly problem: string; readonly refused?: true };

/** Bad Request, Content Too Large and Unprocessable Content (RFC 9110). Every other status is about the caller, the address or the moment. */
const bodyRefused: readonly number[] = [400, 413, 422];

/** The proxy is chosen as for MESH. Redirects are not followed. The state of the world never makes it reject. */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  env: Variables,
  stopping: AbortSignal,
): Promise<Posted> {
  const secure = url.protocol === 'https:';
  let agent: HttpAgent;
  try {
    const proxyEnv = proxyEnvFor(url, env);
    agent = secure ? new HttpsAgent({ proxyEnv }) : new HttpAgent({ proxyEnv });
  } catch (error) {
    if (!(error instanceof ProxyConfigurationError)) throw error;
    return { delivered: false, problem: `cannot be called: ${error.message}` };
  }
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(withinMs)]);
  const sized = { ...headers, 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const failed = (problem: string) => resolve({ delivered: false, problem });
    const request = (secure ? requestHttps : requestHttp)(url, { method: 'POST', agent, headers: sized, signal });
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      if (statusCode >= 200 && statusCode <= 299) resolve({ delivered: true });
      else if (bodyRefused.includes(statusCode))
        resolve({ delivered: false, problem: `answers with HTTP ${statusCode}`, refused: true });
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

/** Node is given only what has been chosen, because it would choose by other rules. */
function proxyEnvFor(url: URL, env: Variables): Record<string, string> {
  const proxy = proxyFor(url, undefined, env);
  if (!proxy) return {};
  return { [url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY']: agentProxy(proxy).reveal() };
}
