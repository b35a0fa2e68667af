/**
 * A stand-in for Azure Key Vault, over HTTPS and by its real name: it challenges as Key Vault does and answers in its JSON. Beside it the
 * identity endpoint of a container app, which hands out a token for the managed identity.
 */
import dns from 'node:dns';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ca, serverCertificate } from '../pki.ts';
import { closed, listening, remembering } from './server.ts';

export interface VaultSecret {
  readonly value: string;
  readonly version: string;
  readonly contentType?: string;
  readonly disabled?: true;
  readonly tags?: Record<string, string>;
}

export interface KeyVault {
  /** A vault that nobody has used yet. */
  own(): string;
  readonly secrets: Map<string, VaultSecret>;
  /** Called when a secret has been handed out: what others do while the rest is read. */
  afterRead: ((name: string) => void) | undefined;
  /** Called when something has been written: what others do, or what changes, after that. */
  afterWrite: ((name: string) => void) | undefined;
  /** Of the identity: whether it may set secrets. */
  maySet: boolean;
  /** Of the identity: whether it may import certificates. */
  mayImport: boolean;
  /** Certificates that were asked for in the vault itself, and not merged yet: nothing can be imported beside that. */
  readonly pending: Set<string>;
  /** Certificates that have been imported, as they were sent. */
  readonly imported: { readonly name: string; readonly preserveCertOrder?: boolean; readonly exportable?: boolean }[];
  /** Variables with which the SDK's default chain finds the managed identity. */
  readonly variables: Readonly<Record<string, string>>;
  asked(): string[];
  readonly seen: string[];
  /** Code and inner code that the next answers have, or silence. */
  answer: { readonly status: number; readonly code: string; readonly inner?: string } | 'hang' | undefined;
  /** Whether the identity endpoint hands out tokens. */
  hasIdentity: boolean;
  stop(): Promise<void>;
}

interface Import {
  readonly value: string;
  readonly tags?: Record<string, string>;
  readonly preserveCertOrder?: boolean;
  readonly policy?: {
    readonly secret_props?: { readonly contentType?: string };
    readonly key_props?: { readonly exportable?: boolean };
  };
}

const token = 'planted-token';
/** In the whole process, because another test may have had the same port. */
let vaults = 0;

export async function startKeyVault(): Promise<KeyVault> {
  const root = await ca({ cn: 'Stand-in root' });
  const made = await serverCertificate({ issuer: root, names: ['*.vault.azure.net'] });
  const secrets = new Map<string, VaultSecret>();
  const seen: string[] = [];
  const { note, asked } = remembering();
  const server = createServer({ cert: made.pem, key: made.keyPem }, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'https://vault');
    const json = (status: number, body: object, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    seen.push(`${request.method} ${request.url} ${JSON.stringify({ ...request.headers, authorization: undefined })}`);
    // Before there is a token, everything is answered with where to get one.
    if (request.headers.authorization !== `Bearer ${token}`)
      return json(
        401,
        {},
        {
          'www-authenticate':
            'Bearer authorization="https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47", resource="https://vault.azure.net"',
        },
      );
    note(pathname);
    const { answer } = vault;
    if (answer === 'hang') return undefined;
    const fail = (status: number, code: string, inner?: string) =>
      json(status, { error: { code, message: 'planted-message', ...(inner && { innererror: { code: inner } }) } });
    if (answer) return fail(answer.status, answer.code, answer.inner);
    const name = /^\/secrets\/([^/]+)\/?$/.exec(pathname)?.[1] ?? '';
    const importing = /^\/certificates\/([^/]+)\/import$/.exec(pathname)?.[1];
    if (request.method === 'POST' && importing !== undefined) {
      if (!vault.mayImport) return fail(403, 'Forbidden', 'ForbiddenByRbac');
      if (vault.pending.has(importing)) return fail(409, 'Conflict');
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sent = JSON.parse(Buffer.concat(chunks).toString()) as Import;
        const contentType = sent.policy?.secret_props?.contentType ?? 'application/x-pkcs12';
        if (sent.value.startsWith('-----BEGIN') !== (contentType === 'application/x-pem-file'))
          return fail(400, 'BadParameter');
        versions += 1;
        const version = `made${versions}`;
        secrets.set(importing, { value: sent.value, version, contentType, ...(sent.tags && { tags: sent.tags }) });
        const { preserveCertOrder, policy } = sent;
        vault.imported.push({
          name: importing,
          ...(preserveCertOrder !== undefined && { preserveCertOrder }),
          ...(policy?.key_props?.exportable !== undefined && { exportable: policy.key_props.exportable }),
        });
        const id = `https://${request.headers.host}/certificates/${importing}/${version}`;
        json(200, { id, attributes: { enabled: true, created: 1, updated: 1 }, policy: {} });
        return vault.afterWrite?.(importing);
      });
      return undefined;
    }
    const show = (secret: VaultSecret) =>
      json(200, {
        value: secret.value,
        id: `https://${request.headers.host}/secrets/${name}/${secret.version}`,
        ...(secret.contentType && { contentType: secret.contentType }),
        ...(secret.tags && { tags: secret.tags }),
        attributes: { enabled: true, created: 1, updated: 1 },
      });
    if (request.method === 'PUT') {
      if (!vault.maySet) return fail(403, 'Forbidden', 'ForbiddenByRbac');
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        versions += 1;
        const made = { ...(JSON.parse(Buffer.concat(chunks).toString()) as VaultSecret), version: `made${versions}` };
        secrets.set(name, made);
        show(made);
        vault.afterWrite?.(name);
      });
      return undefined;
    }
    const secret = secrets.get(name);
    if (!secret) return fail(404, 'SecretNotFound');
    if (secret.disabled) return fail(403, 'Forbidden', 'SecretDisabled');
    show(secret);
    return vault.afterRead?.(name);
  });
  const identity = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (!vault.hasIdentity) return response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    // So soon that the SDK, which keeps tokens for the whole process, asks again for each vault.
    const expires = Math.floor(Date.now() / 1000) + 1;
    return response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        access_token: token,
        expires_on: expires,
        token_type: 'Bearer',
        resource: 'https://vault.azure.net',
      }),
    );
  });
  const [port, identityPort] = await Promise.all([listening(server), listening(identity)]);
  const restore = trust(root.pem);
  let versions = 0;
  const vault: KeyVault = {
    own() {
      vaults += 1;
      return `https://mesh-${vaults}.vault.azure.net:${port}`;
    },
    secrets,
    afterRead: undefined,
    afterWrite: undefined,
    maySet: true,
    mayImport: true,
    pending: new Set(),
    imported: [],
    variables: { IDENTITY_ENDPOINT: `http://127.0.0.1:${identityPort}/token`, IDENTITY_HEADER: 'planted-header' },
    asked,
    seen,
    answer: undefined,
    hasIdentity: true,
    async stop() {
      restore();
      await Promise.all([server, identity].map(closed));
    },
  };
  return vault;
}

/** The real names lead here, and the stand-in's root is trusted, until it is undone. */
function trust(rootPem: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, rootPem]);
  const { lookup } = dns;
  const here = (name: string, options: object, callback: (error: null, ...found: unknown[]) => void) => {
    if (!name.endsWith('.vault.azure.net')) return Reflect.apply(lookup, dns, [name, options, callback]);
    if ('all' in options && options.all) return callback(null, [{ address: '127.0.0.1', family: 4 }]);
    return callback(null, '127.0.0.1', 4);
  };
  dns.lookup = here as typeof lookup;
  return () => {
    dns.lookup = lookup;
    setDefaultCACertificates(before);
  };
}
