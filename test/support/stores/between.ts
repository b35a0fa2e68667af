/**
 * Stands between a client and a store: counts what is asked, keeps what was sent, and fails or delays on request. A number at the beginning of
 * the path is taken away, so that each test can have settings of its own.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { closed, listening, remembering } from './server.ts';

export interface Between {
  readonly endpoint: string;
  /** An endpoint that nobody has used yet, because sources with the same settings share what was read. */
  own(): string;
  /** What was asked since the last time, in order: the AWS target, or method and path. */
  asked(): string[];
  /** Everything that arrived except bodies: paths, queries and headers. */
  readonly seen: string[];
  /** What happens to the next requests; `undefined` lets them pass. Called for each. */
  answer: ((asked: string) => Answer | undefined | Promise<Answer | undefined>) | undefined;
  stop(): Promise<void>;
}

export type Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  | 'hang'
  | 'reset';

/** In the whole process, because another test may have had the same port. */
let used = 0;

export async function startBetween(target: string): Promise<Between> {
  const { note, asked } = remembering();
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const what = `${incoming.headers['x-amz-target'] ?? `${incoming.method} ${incoming.url}`}`.replace(
      /^[A-Za-z]+\./,
      '',
    );
    note(what);
    seen.push(`${incoming.method} ${incoming.url} ${JSON.stringify(incoming.rawHeaders)}`);
    void Promise.resolve(between.answer?.(what)).then((answer) => {
      if (answer === undefined) forward(target, incoming, outgoing);
      else if (answer === 'reset') incoming.socket.destroy();
      else if (answer !== 'hang') outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  const port = await listening(server);
  const between: Between = {
    own() {
      used += 1;
      return `${between.endpoint}/${used}`;
    },
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    seen,
    answer: undefined,
    stop: () => closed(server),
  };
  return between;
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = '', headers } = incoming;
  const onward = request(new URL(url.replace(/^\/\d+\//, '/'), target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

/** As AWS answers in JSON. */
export const awsError = (name: string, status = 400): Answer => ({
  status,
  body: JSON.stringify({ __type: name, message: 'planted-in-message' }),
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name },
});
