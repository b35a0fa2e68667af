/** What HTTP needs of the configuration: where to listen, with what, and who may look. */
import {
  type Configuration,
  networksOf,
  readSecret,
  readSource,
  type Secret,
  type Source,
  type Variables,
} from '../config/index.ts';
import type { Log } from '../monitor/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { minuteMs, secondMs } from '../time/index.ts';
import { clientAddress, type ListenOptions, type WebOptions } from '../web/index.ts';
import { describe } from './problems.ts';

type Http = Configuration['http'];

/** @throws {SourceError} when the certificate, its key or the client CA cannot be read. */
export async function listenOptions({ host, port, tls, clientCa }: Http, env: Variables): Promise<ListenOptions> {
  if (!tls) return { host, port };
  const [cert, key, ca] = await Promise.all([
    readSource(tls.certificate, env),
    readSource(tls.privateKey, env),
    clientCa && readSource(clientCa, env),
  ]);
  const passphrase = tls.passphrase && (await readSecret(tls.passphrase, env)).reveal();
  return { host, port, tls: { cert, key, ...(ca ? { ca } : {}), ...(passphrase === undefined ? {} : { passphrase }) } };
}

/** What a reload has changed that only a restart brings about. */
export function needsRestart(before: Http, after: Http): string[] {
  const socket = ({ host, port, tls }: Http) => JSON.stringify([host, port, tls !== undefined]);
  return [
    ...(socket(before) === socket(after) ? [] : ['http.listen has changed; it needs a restart']),
    ...(Boolean(before.clientCa) === Boolean(after.clientCa)
      ? []
      : ['http.client_ca has come or gone; it needs a restart']),
  ];
}

/** @param http - the present configuration. */
export function gateOf(
  http: () => Http,
  env: Variables,
): Required<Pick<WebOptions, 'basicAuth' | 'clientCertificates' | 'clientOf'>> {
  const secrets = new RecentSecrets(env);
  return {
    basicAuth: async () => {
      const { basicAuth } = http();
      if (!basicAuth) return undefined;
      const { username } = basicAuth;
      return 'password' in basicAuth
        ? { username, password: await secrets.read(basicAuth.password) }
        : { username, passwordHash: await secrets.read(basicAuth.passwordHash) };
    },
    clientCertificates: () => http().clientCa !== undefined,
    clientOf: (request) => clientAddress(request, networksOf(http().trustedProxies ?? [])),
  };
}

/** Anybody can make a request fail again and again: the same error is told once a minute. */
export function reportTo(log: Pick<Log, 'error'>): (error: unknown, what?: string) => void {
  const told = new Map<string, number>();
  return (error, what = 'a request could not be answered') => {
    const [nowMs, name] = [performance.now(), String(error)];
    if (nowMs - (told.get(name) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
    if (told.size > 100) told.clear();
    told.set(name, nowMs);
    log.error(describe(error), what);
  };
}

/** How long a rotated password may go unseen. */
const recentMs = secondMs;

/** Secrets that every request asks for, read once a second and once at a time: a flood of requests must not become one of open files. */
class RecentSecrets {
  readonly #env: Variables;
  readonly #read = new WeakMap<Source, { readonly atMs: number; readonly secret: Promise<Secret> }>();

  constructor(env: Variables) {
    this.#env = env;
  }

  read(source: Source): Promise<Secret> {
    const last = this.#read.get(source);
    const nowMs = performance.now();
    if (last && nowMs - last.atMs < recentMs) return last.secret;
    const secret = readSecret(source, this.#env).catch((error: unknown) => {
      // That we cannot look says nothing about the password.
      if (last && error instanceof ResourceShortageError) return last.secret;
      throw error;
    });
    this.#read.set(source, { atMs: nowMs, secret });
    return secret;
  }
}
