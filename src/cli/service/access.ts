/** Which service to ask, and with which user name and password: from the options, or from the service's configuration. */
import {
  type Configuration,
  isLoopback,
  readSecret,
  readSource,
  type Secret,
  SourceError,
} from '../../config/index.ts';
import { escaped, say, urlHost } from '../../text/index.ts';
import { type CommandIo, UsageError } from '../command.ts';
import { loadForCommand } from '../configuration.ts';
import type { CheckOptions } from '../options.ts';
import type { ServiceAccess } from './ask.ts';

/** @throws {UsageError} */
export async function serviceAccess(options: CheckOptions, io: CommandIo): Promise<ServiceAccess> {
  const configuration = options.config === undefined ? undefined : await loadForCommand(options.config, io);
  const url = typeof options.service === 'string' ? givenUrl(options.service) : configuredUrl(configuration);
  const login = (await givenLogin(options, io)) ?? (await configuredLogin(configuration, io));
  const trusted = options.caBundle && (await read(() => readSource(file(options.caBundle as string), io.env)));
  if (login && url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
    io.stderr(say`warning: the password is sent to ${url.host} unencrypted\n`);
  return { url, ...(login ? { login } : {}), ...(trusted ? { trusted } : {}) };
}

/** The text is not repeated: there may be a password in it. */
function givenUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new UsageError(say`--service needs an address such as https://mesh-monitor.example.nhs.uk:9807`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      say`the address in --service contains a user name or password\nEvery account on a machine can read arguments: use --username, and --password-file or --password-env.`,
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function configuredUrl(configuration: Configuration | undefined): URL {
  if (!configuration)
    throw new UsageError(say`--service needs an address, or --config with the service's configuration`);
  const { host, port, tls } = configuration.http;
  if (tls)
    throw new UsageError(
      say`http.tls is configured\nGive the address that its certificate names: --service https://NAME:${port}`,
    );
  return new URL(`http://${hostOf(host)}:${port}/`);
}

/** A service that listens on every address listens on this machine's own. */
export function hostOf(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return urlHost(host);
}

async function givenLogin({ passwordEnv, passwordFile, username }: CheckOptions, io: CommandIo) {
  if (username === undefined && passwordEnv === undefined && passwordFile === undefined) return undefined;
  if (username === undefined) throw new UsageError(say`a password is given, but no --username`);
  if (passwordFile !== undefined) return { username, password: await secret(file(passwordFile), io) };
  if (passwordEnv === undefined)
    throw new UsageError(say`--username is given, but neither --password-file nor --password-env`);
  // Do not repeat the name: the user may have typed the password itself.
  if (io.env[passwordEnv] === undefined)
    throw new UsageError(say`--password-env does not name a variable of this environment`);
  return { username, password: await secret({ kind: 'env', name: passwordEnv }, io) };
}

/** A hash is not the password. Then the service says that it wants one, and which options give it. */
async function configuredLogin(configuration: Configuration | undefined, io: CommandIo) {
  const basic = configuration?.http.basicAuth;
  if (!basic || !('password' in basic)) return undefined;
  return { username: basic.username, password: await secret(basic.password, io) };
}

const file = (path: string) => ({ kind: 'file', path }) as const;
const secret = (source: Parameters<typeof readSecret>[0], io: CommandIo): Promise<Secret> =>
  read(() => readSecret(source, io.env));

/** @throws {UsageError} that names the place. */
async function read<Content>(work: () => Promise<Content>): Promise<Content> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SourceError ? new UsageError(escaped(error.message)) : error;
  }
}
