/**
 * A stand-in for the Kubernetes API server: building the real one takes longer than CI has. It answers one request, `get secrets`, as the
 * API reference describes it, and asks for a service account's token.
 */
import { createServer } from 'node:https';
import { ca, serverCertificate } from '../pki.ts';
import { closed, listening, remembering } from './server.ts';

export interface ApiServer {
  readonly server: string;
  readonly rootPem: string;
  /** By namespace and name: values in base64, as the API has them. */
  readonly secrets: Map<string, { readonly resourceVersion: string; readonly data?: Record<string, string> }>;
  token: string;
  answer: { readonly status: number } | 'hang' | 'endless' | undefined;
  asked(): string[];
  readonly seen: string[];
  stop(): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const root = await ca({ cn: 'kubernetes' });
  const made = await serverCertificate({ issuer: root });
  const { note, asked } = remembering();
  const listener = createServer({ cert: made.pem, key: made.keyPem }, (request, response) => {
    note(`${request.method} ${request.url}`);
    api.seen.push(
      `${request.method} ${request.url} ${JSON.stringify({ ...request.headers, authorization: undefined })}`,
    );
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const status = (code: number, reason: string) =>
      json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'planted-message', reason, code });
    if (api.answer === 'hang') return undefined;
    if (api.answer === 'endless') {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 32)));
      };
      response.writeHead(200).on('drain', more);
      return more();
    }
    if (api.answer) return status(api.answer.status, 'Planted');
    if (request.headers.authorization !== `Bearer ${api.token}`) return status(401, 'Unauthorized');
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const secret = api.secrets.get(`${namespace}/${name}`);
    if (!secret) return status(404, 'NotFound');
    const { resourceVersion, data } = secret;
    return json(200, {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name, namespace, resourceVersion },
      ...(data && { data }),
    });
  });
  const port = await listening(listener);
  const api: ApiServer = {
    server: `https://localhost:${port}`,
    rootPem: root.pem,
    secrets: new Map(),
    token: 'planted-account-token',
    answer: undefined,
    asked,
    seen: [],
    stop: () => closed(listener),
  };
  return api;
}
