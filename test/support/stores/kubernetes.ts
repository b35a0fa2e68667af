/**
 * A stand-in for the Kubernetes API server, for what the real one cannot be made to do: be slow, throttle, answer without end. Otherwise
 * test/sources/kubernetes/real.test.ts asks the real one. It answers `get secrets` and `patch secrets` (RFC 7396, with resourceVersion and dryRun) as the
 * API reference describes them, and asks for a service account's token.
 */
import { createServer } from 'node:https';
import { ca, serverCertificate } from '../pki.ts';
import { closed, listening, remembering } from './server.ts';

interface ApiSecret {
  readonly resourceVersion: string;
  readonly data?: Record<string, string>;
}

interface Patch {
  readonly metadata: { readonly resourceVersion: string };
  readonly data: Record<string, string | null>;
}

export interface ApiServer {
  readonly server: string;
  readonly rootPem: string;
  /** By namespace and name: values in base64, as the API has them. */
  readonly secrets: Map<string, ApiSecret>;
  /** Of the service account: whether it may patch. */
  mayPatch: boolean;
  /** Called when a Secret has been handed out: what others do while the rest is read. */
  afterRead: ((name: string) => void) | undefined;
  /** Called before a patch is looked at: what others do meanwhile. */
  beforePatch: ((isDryRun: boolean) => void) | undefined;
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
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://api');
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(pathname) ?? [];
    const show = ({ resourceVersion, data }: ApiSecret) =>
      json(200, {
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: { name, namespace, resourceVersion },
        ...(data && { data }),
      });
    if (request.method === 'PATCH') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isDryRun = searchParams.get('dryRun') === 'All';
        api.beforePatch?.(isDryRun);
        if (!api.mayPatch) return status(403, 'Forbidden');
        const now = api.secrets.get(`${namespace}/${name}`);
        if (!now) return status(404, 'NotFound');
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Patch;
        if (body.metadata.resourceVersion !== now.resourceVersion) return status(409, 'Conflict');
        const entries = Object.entries({ ...now.data, ...body.data }).filter(([, value]) => value !== null);
        const made = {
          resourceVersion: String(Number(now.resourceVersion) + 1),
          data: Object.fromEntries(entries) as Record<string, string>,
        };
        if (!isDryRun) api.secrets.set(`${namespace}/${name}`, made);
        return show(made);
      });
      return undefined;
    }
    const secret = api.secrets.get(`${namespace}/${name}`);
    if (!secret) return status(404, 'NotFound');
    show(secret);
    return api.afterRead?.(`${namespace}/${name}`);
  });
  const port = await listening(listener);
  const api: ApiServer = {
    server: `https://localhost:${port}`,
    rootPem: root.pem,
    secrets: new Map(),
    mayPatch: true,
    afterRead: undefined,
    beforePatch: undefined,
    token: 'planted-account-token',
    answer: undefined,
    asked,
    seen: [],
    stop: () => closed(listener),
  };
  return api;
}
