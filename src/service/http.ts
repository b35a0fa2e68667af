/** What HTTP needs from the configuration: the address, TLS, and access control. */
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

/** @throws {SourceError} if the certificate, its key or the client CA cannot be read. */
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

/** Changes in a reloaded configuration that only take effect after a restart. */
export function needsRestart(before: Http, after: Http): string[] {
  const socket = ({ host, port, tls }: Http) => JSON.stringify([host, port, tls !== undefined]);
  return [
    ...(socket(before) === socket(after) ? [] : ['http.listen has changed; it needs a restart']),
    ...(Boolean(before.clientCa) === Boolean(after.clientCa)
      ? []
      : ['http.client_ca was added or removed; it needs a restart']),
  ];
}

/** @param http - returns the current configuration. */
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

/** Logs the same error at most once a minute, because anyone can make requests fail repeatedly. */
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

/** How long a new password may go unnoticed. */
const recentMs = secondMs;

/** Secrets needed for every request, read at most once a second, so that a flood of requests does not open many files. */
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
      // A shortage in this process says nothing about the password.
      if (last && error instanceof ResourceShortageError) return last.secret;
      throw error;
    });
    this.#read.set(source, { atMs: nowMs, secret });
    return secret;
  }
}
