import { dirname, resolve } from 'node:path';
import { parseDuration } from '../time/index.ts';
import { presets } from './presets.ts';
import type { ConfigurationFile, EnvironmentFile } from './schema.ts';
import { type Sources, sourcesFrom } from './source-of.ts';
import type {
  Configuration,
  CredentialParts,
  CredentialSources,
  MeshEndpoint,
  RenewalPolicy,
  ResolvedEnvironment,
  SmtpServer,
} from './types.ts';

export type Resolved = Omit<Configuration, 'warnings' | 'contentHash'>;

/** Fills in presets and defaults, makes paths absolute, and converts durations to milliseconds. `path`: the file's absolute path. */
export function resolveFile(file: ConfigurationFile, path: string): Resolved {
  const from = sourcesFrom(dirname(path), file.stores ?? {});
  const { from: sender, smtp } = file.email ?? {};
  return {
    path,
    ...(file.estate === undefined ? {} : { estate: file.estate }),
    application: file.application,
    odsCode: file.ods_code,
    contact: file.contact,
    stateDir: resolve(dirname(path), file.state_dir),
    http: httpServer(file.http, from),
    schedule: file.schedule,
    ...(sender !== undefined && { email: { from: sender, ...(smtp && { smtp: mailServer(smtp, from) }) } }),
    ...(file.notify && { notify: notices(file.notify, from) }),
    environments: file.environments.map((environment) => resolveEnvironment(environment, file, from)),
  };
}

function resolveEnvironment(environment: EnvironmentFile, file: ConfigurationFile, from: Sources): ResolvedEnvironment {
  const { preset, credential, thresholds } = environment;
  return {
    name: environment.name,
    ...(preset && { preset }),
    application: environment.application ?? file.application,
    odsCode: environment.ods_code ?? file.ods_code,
    ...organisation(environment, file),
    contact: environment.contact ?? file.contact,
    mesh: meshEndpoint(environment, from),
    ...(credential && { credential: credentialSources(credential, from) }),
    ...(environment.awaiting_first_certificate && { awaitingFirstCertificate: true }),
    chainOrder: environment.chain_order,
    thresholds: { warningMs: milliseconds(thresholds.warning), criticalMs: milliseconds(thresholds.critical) },
    renewal: renewalPolicy(environment, from),
  };
}

/** The name belongs to the ODS code: an environment with another code has another organisation. */
function organisation(
  environment: EnvironmentFile,
  file: ConfigurationFile,
): Pick<ResolvedEnvironment, 'organisation'> {
  const own = environment.ods_code === undefined || environment.ods_code === file.ods_code;
  const organisation = environment.organisation ?? (own ? file.organisation : undefined);
  return organisation === undefined ? {} : { organisation };
}

function meshEndpoint({ mesh, preset }: EnvironmentFile, from: Sources): MeshEndpoint {
  const known = preset && presets[preset];
  return {
    url: addressOf(certain(mesh.url ?? known?.url)),
    mailboxId: mesh.mailbox_id,
    ...from.maybe('password', mesh.password),
    ...from.maybe('sharedKey', mesh.shared_key),
    verifyServer: mesh.verify_server ?? known?.verifyServer ?? true,
    probe: mesh.probe,
    timeouts: {
      connectMs: milliseconds(mesh.timeouts.connect),
      tlsMs: milliseconds(mesh.timeouts.tls),
      requestMs: milliseconds(mesh.timeouts.request),
    },
    ...(mesh.proxy !== undefined && { proxy: mesh.proxy }),
    ...(mesh.tls_max !== undefined && { tlsMax: tlsVersions[mesh.tls_max] }),
    ...(mesh.tls_groups !== undefined && { tlsGroups: mesh.tls_groups }),
    ...(mesh.trust === 'bundle+system' && { trust: mesh.trust }),
  };
}

let last = { url: '', origin: '' };

/** Thousands of environments have few addresses. */
function addressOf(url: string): string {
  if (last.url !== url) last = { url, origin: new URL(url).origin };
  return last.origin;
}

const tlsVersions = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

type CredentialFile = NonNullable<EnvironmentFile['credential']>;

function credentialSources({ next, ...deployed }: CredentialFile, from: Sources): CredentialSources {
  const parts = credentialParts(deployed, from);
  return next ? { ...parts, next: credentialParts(withDefaults(next, deployed), from) } : parts;
}

/** What the next one does not say is as it is deployed. A keystore has its own key, and perhaps its own bundle; Key Vault's has no passphrase. */
function withDefaults(next: NonNullable<CredentialFile['next']>, deployed: Omit<CredentialFile, 'next'>) {
  const { passphrase, private_key, ca_bundle } = deployed;
  if (next.keystore === undefined) return { passphrase, private_key, ca_bundle, ...next };
  const isKeyVault = typeof next.keystore === 'object' && 'azure_certificate' in next.keystore;
  return isKeyVault ? next : { passphrase, ...next };
}

function credentialParts(credential: Omit<CredentialFile, 'next'>, from: Sources): CredentialParts {
  const passphrase = from.maybe('passphrase', credential.passphrase);
  if (credential.keystore !== undefined) {
    const keystore = from.source(credential.keystore);
    const alias = credential.alias === undefined ? {} : { alias: credential.alias };
    return { kind: 'keystore', keystore, ...alias, ...passphrase, ...from.maybe('caBundle', credential.ca_bundle) };
  }
  return {
    kind: 'pem',
    certificate: from.source(certain(credential.certificate)),
    privateKey: from.source(certain(credential.private_key)),
    ...passphrase,
    caBundle: from.source(certain(credential.ca_bundle)),
  };
}

function renewalPolicy({ renewal, preset }: EnvironmentFile, from: Sources): RenewalPolicy {
  const known = preset && presets[preset];
  return {
    windowMs: milliseconds(renewal.window),
    mode: renewal.mode,
    key: renewal.key,
    keyBits: renewal.key_bits,
    ...(renewal.common_name !== undefined && { commonName: renewal.common_name }),
    ...from.maybe('passphrase', renewal.passphrase),
    ...(renewal.pending_key && { pendingKey: from.inStore(renewal.pending_key) }),
    desk: renewal.desk ?? known?.desk ?? [],
    deskWorkingDays: renewal.desk_working_days,
    reminderWorkingDays: renewal.reminder_working_days ?? renewal.desk_working_days,
    enclose: renewal.enclose.map(from.source),
    ...(renewal.after_install !== undefined && { afterInstall: renewal.after_install }),
    requiresConformanceCertificate: known?.requiresConformanceCertificate ?? false,
  };
}

function notices(
  { expiry_days: expiryDays, webhook }: NonNullable<ConfigurationFile['notify']>,
  from: Sources,
): NonNullable<Configuration['notify']> {
  if (!webhook) return { expiryDays };
  const { format, secret, url } = webhook;
  return { expiryDays, webhook: { url: from.source(url), ...from.maybe('secret', secret), format } };
}

function httpServer(http: ConfigurationFile['http'], from: Sources): Configuration['http'] {
  const { listen, tls, basic_auth: basic, client_ca: clientCa, trusted_proxies: trustedProxies } = http;
  return {
    ...listenAddress(listen),
    ...(tls && {
      tls: {
        certificate: from.source(tls.certificate),
        privateKey: from.source(tls.private_key),
        ...from.maybe('passphrase', tls.passphrase),
      },
    }),
    ...(basic && { basicAuth: basicAuth(basic, from) }),
    ...from.maybe('clientCa', clientCa),
    ...(trustedProxies && { trustedProxies }),
  };
}

function basicAuth(
  { username, password, password_hash: hash }: NonNullable<ConfigurationFile['http']['basic_auth']>,
  from: Sources,
): NonNullable<Configuration['http']['basicAuth']> {
  return hash === undefined
    ? { username, password: from.source(certain(password)) }
    : { username, passwordHash: from.source(hash) };
}

const smtpPorts = { starttls: 587, implicit: 465, none: 25 };

function mailServer(smtp: NonNullable<NonNullable<ConfigurationFile['email']>['smtp']>, from: Sources): SmtpServer {
  return {
    host: smtp.host,
    port: smtp.port ?? smtpPorts[smtp.tls],
    ...(smtp.username !== undefined && { username: smtp.username }),
    ...from.maybe('password', smtp.password),
    tls: smtp.tls,
    ...from.maybe('caBundle', smtp.ca_bundle),
  };
}

function listenAddress(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}

const milliseconds = (duration: string): number => certain(parseDuration(duration));

/** The schema and the rules guarantee this; if it is not so, that is a bug here. */
function certain<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the configuration was resolved before it was checked for completeness');
  return value;
}
