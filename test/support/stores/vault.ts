/**
 * A stand-in for Vault over HTTPS, for what a real server cannot be made to do: be slow, cut off and odd, or let others act at one exact moment. It
 * knows KV version 2, check-and-set, patches and capabilities, AppRole and Kubernetes auth, as far as our requests go. That a real one answers
 * like this, `real-vault.ts` is for.
 */
import { createServer } from 'node:https';
import { ca, serverCertificate } from '../pki.ts';
import { closed, listening, remembering } from './server.ts';

export interface VaultStandIn {
  readonly address: string;
  /** PEM. */
  readonly rootPem: string;
  /** By path with mount. `undefined`: its current version was deleted. `json`: the data as text, for what cannot be written from an object. */
  readonly secrets: Map<
    string,
    { readonly version: number; readonly data?: Record<string, unknown> | undefined; readonly json?: string }
  >;
  /** Logins that are accepted, by mount: what the body has to be. */
  readonly logins: Map<string, object>;
  /** Tokens that are valid. A login adds one. */
  readonly tokens: Set<string>;
  /** What tokens may do, for each path. Default: everything. */
  readonly capabilities: Map<string, readonly string[]>;
  /** Called when a secret has been handed out: what others do while the rest is read. */
  afterRead: ((path: string) => void) | undefined;
  /** Called before a write is looked at: what others do meanwhile. */
  beforeWrite: (() => void) | undefined;
  /** Paths that no token may read. */
  readonly forbidden: Set<string>;
  /** How long the token of a login lasts, in seconds. */
  leaseSeconds: unknown;
  /** The token that a login gives. Default: a new one each time. */
  nextToken: string | undefined;
  answer: { readonly status: number } | 'hang' | 'reset' | undefined;
  asked(): string[];
  readonly seen: string[];
  stop(): Promise<void>;
}

export async function startVault(): Promise<VaultStandIn> {
  const root = await ca({ cn: 'Vault stand-in root' });
  const made = await serverCertificate({ issuer: root });
  const { note, asked } = remembering();
  let logins = 0;
  const server = createServer({ cert: made.pem, key: made.keyPem }, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'https://vault');
    note(`${request.method} ${pathname}`);
    vault.seen.push(
      `${request.method} ${request.url} ${JSON.stringify({ ...request.headers, 'x-vault-token': undefined })}`,
    );
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (vault.answer === 'hang') return undefined;
      if (vault.answer === 'reset') return request.socket.destroy();
      if (vault.answer) return json(vault.answer.status, { errors: ['planted-message'] });
      const login = /^\/v1\/auth\/(.+)\/login$/.exec(pathname);
      if (login) {
        const wanted = vault.logins.get(login[1]!);
        if (!wanted || Buffer.concat(chunks).toString() !== JSON.stringify(wanted))
          return json(400, { errors: ['invalid role or secret ID'] });
        logins += 1;
        const token = vault.nextToken ?? `planted-token-${logins}`;
        vault.tokens.add(token);
        return json(200, { auth: { client_token: token, lease_duration: vault.leaseSeconds } });
      }
      if (!vault.tokens.has(String(request.headers['x-vault-token'])))
        return json(403, { errors: ['permission denied'] });
      const path = decodeURIComponent(pathname.replace(/^\/v1\//, '').replace(/\/(?:data|metadata)\//, '/'));
      if (pathname.startsWith('/v1/sys/internal/ui/mounts/'))
        return json(200, { data: { type: 'kv', options: { version: '2' } } });
      if (vault.forbidden.has(path)) return json(403, { errors: ['permission denied'] });
      const secret = vault.secrets.get(path);
      const may = (path: string) => vault.capabilities.get(path) ?? ['create', 'patch', 'read', 'update'];
      if (pathname === '/v1/sys/capabilities-self') {
        const { paths } = JSON.parse(Buffer.concat(chunks).toString()) as { paths: string[] };
        return json(200, { data: Object.fromEntries(paths.map((each) => [each, may(each.replace('/data/', '/'))])) });
      }
      if (request.method === 'DELETE') {
        if (!may(path).includes('delete')) return json(403, { errors: ['permission denied'] });
        if (pathname.includes('/metadata/')) vault.secrets.delete(path);
        else if (secret) vault.secrets.set(path, { version: secret.version });
        return response.writeHead(204).end();
      }
      if (request.method !== 'GET') {
        vault.beforeWrite?.();
        // A secret whose current version was deleted is there, and is updated.
        const posted = secret ? 'update' : 'create';
        return write(path, request.method === 'PATCH' ? 'patch' : posted, Buffer.concat(chunks).toString());
      }
      /** KV version 2: a patch is one of RFC 7396. */
      function write(at: string, capability: string, text: string) {
        if (!may(at).includes(capability)) return json(403, { errors: ['permission denied'] });
        const body = JSON.parse(text) as { options: { cas: number }; data: Record<string, unknown> };
        const now = vault.secrets.get(at);
        if (capability === 'patch' && !now) return json(404, { errors: [] });
        if (body.options.cas !== (now?.version ?? 0))
          return json(400, { errors: ['check-and-set parameter did not match the current version'] });
        if (capability === 'patch' && !now?.data) return json(404, { errors: [] });
        const merged = Object.entries({ ...(capability === 'patch' && now?.data), ...body.data });
        const version = (now?.version ?? 0) + 1;
        vault.secrets.set(at, { version, data: Object.fromEntries(merged.filter(([, value]) => value !== null)) });
        return json(200, { data: { version } });
      }
      if (!secret) return json(404, { errors: [] });
      const metadata = { version: secret.version, deletion_time: secret.data ? '' : '2026-01-01T00:00:00Z' };
      if (secret.json !== undefined)
        return response.writeHead(200).end(`{"data":{"data":${secret.json},"metadata":${JSON.stringify(metadata)}}}`);
      json(secret.data ? 200 : 404, { data: { data: secret.data ?? null, metadata } });
      return vault.afterRead?.(path);
    });
  });
  const port = await listening(server);
  const vault: VaultStandIn = {
    address: `https://localhost:${port}`,
    rootPem: root.pem,
    secrets: new Map(),
    logins: new Map(),
    tokens: new Set(),
    forbidden: new Set(),
    capabilities: new Map(),
    afterRead: undefined,
    beforeWrite: undefined,
    leaseSeconds: 3600,
    nextToken: undefined,
    answer: undefined,
    asked,
    seen: [],
    stop: () => closed(server),
  };
  return vault;
}
