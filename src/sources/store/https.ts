/** JSON over HTTPS, for stores without an SDK: one request, bounded in size and time, no redirects. */
import { limits } from '../../limits/index.ts';
import { type StoreProblem, StoreUnavailableError } from './driver.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
  /** PEM of the CAs to trust. Default: the system's. */
  readonly ca?: string | undefined;
}

export interface Answered {
  readonly status: number;
  /** Undefined if it is not JSON. */
  readonly body: unknown;
}

/** Base64 and JSON make an item larger than what it holds. */
const mostBytes = 4 * limits.sourceBytes;

/**
 * @param store and `operation`: how an error names them
 * @throws {StoreUnavailableError} if there is no whole answer
 */
export async function ask(store: string, operation: string, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const { method, url, headers, body, ca } = asked;
  const content = body && JSON.stringify(body);
  const failed = (errorClass: string, kind: StoreProblem['kind'] = 'unreachable') =>
    new StoreUnavailableError({ store, operation, errorClass, kind });
  // Loaded by whoever has such a store.
  const { request } = url.protocol === 'http:' ? await import('node:http') : await import('node:https');
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(failed(signal.aborted ? 'no answer in time' : (error.code ?? error.name)));
    const outgoing = request(
      url,
      {
        method,
        headers: { accept: 'application/json', 'user-agent': 'mesh-cert-monitor', ...headers },
        signal,
        ...(ca === undefined ? {} : { ca }),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= mostBytes) return void chunks.push(chunk);
          // The store is there: this concerns what was asked for, and nothing else that is read from it.
          reject(failed('answer larger than 4 MiB', 'failed'));
          incoming.destroy();
        });
        incoming.on('error', refuse);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }));
      },
    );
    outgoing.on('error', refuse);
    outgoing.end(content);
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What a status means that is no answer about an item. */
export function statusProblem(status: number, denied: string): Pick<StoreProblem, 'errorClass' | 'kind' | 'remedy'> {
  const errorClass = `HTTP ${status}`;
  if (status === 401 || status === 403) return { errorClass, kind: 'denied', remedy: denied };
  if (status === 429) return { errorClass, kind: 'throttled' };
  return { errorClass, kind: status >= 500 ? 'unreachable' : 'failed' };
}
