import { urlHost } from '../text/index.ts';
import { minuteMs, secondMs } from '../time/index.ts';
import { shortestCronIntervalSeconds } from './formats.ts';
import { isLoopback } from './network.ts';
import { presetNames, presets } from './presets.ts';
import { pathText } from './problems.ts';
import type { Resolved } from './resolve.ts';
import type { ConfigurationFile } from './schema.ts';
import { sharedPlaces } from './shared-places.ts';
import type { ResolvedEnvironment } from './types.ts';

/** Valid, but probably not intended: one sentence each, for the log. The service still runs. Of many of one kind, the first three. */
export function warningsOf(file: ConfigurationFile, resolved: Resolved): string[] {
  const few = new FewOfEach();
  const sentences = [
    ...handshakeTooOften(resolved),
    ...loginInTheClear(resolved),
    ...openToTheNetwork(resolved),
    ...nobodyToTell(resolved),
    ...webhookInTheClear(file),
    ...sharedMailboxes(resolved.environments),
    ...sharedPlaces(resolved.environments),
    ...resolved.environments.flatMap((environment, index) =>
      environmentWarnings.flatMap((rule) => rule(environment)).map((sentence) => `environments[${index}].${sentence}`),
    ),
  ];
  for (const sentence of sentences) few.add(sentence.replaceAll(/\[\d+\]/g, '[]'), () => sentence);
  secretsWritten(file, [], '', few);
  return few.told();
}

const mostOfAKind = 3;

/** With thousands of environments nobody would see the one that is different. */
class FewOfEach {
  readonly #kinds = new Map<string, { readonly first: string[]; count: number }>();

  /** @param sentence - asked for only if it can be shown. */
  add(kind: string, sentence: () => string): void {
    const known = this.#kinds.get(kind) ?? { first: [], count: 0 };
    if (known.count === 0) this.#kinds.set(kind, known);
    // One more than is shown: if there is just one more, it is shown as well.
    if (known.count <= mostOfAKind) known.first.push(sentence());
    known.count += 1;
  }

  told(): string[] {
    return [...this.#kinds.values()].flatMap(({ first, count }) => {
      const more = count - mostOfAKind;
      if (more <= 1) return first;
      return [...first.slice(0, mostOfAKind), `environments: ${more} more warnings like the one before this.`];
    });
  }
}

const leastBetweenHandshakesMs = 5 * minuteMs;

function handshakeTooOften({ schedule }: Resolved): string[] {
  const seconds = shortestCronIntervalSeconds(schedule.handshake);
  return seconds * secondMs < leastBetweenHandshakesMs
    ? [`schedule.handshake: calls MESH again after ${seconds} seconds; NHS England advises once an hour at most.`]
    : [];
}

function loginInTheClear({ email }: Resolved): string[] {
  return email?.smtp?.tls === 'none' && email.smtp.password !== undefined
    ? ['email.smtp.tls: none sends the password to the mail server unencrypted.']
    : [];
}

function nobodyToTell({ email, notify }: Resolved): string[] {
  return notify && notify.expiryDays.length > 0 && !email?.smtp
    ? ['notify.expiry_days: there is no email.smtp, so no message about an expiry is sent.']
    : [];
}

function webhookInTheClear({ notify }: ConfigurationFile): string[] {
  const url = notify?.webhook?.url;
  const { protocol, hostname } = (typeof url === 'string' && URL.parse(url)) || { protocol: '', hostname: '' };
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))
    ? ['notify.webhook.url: http sends what is known about the environments unencrypted.']
    : [];
}

/** The pages show mailboxes, organisations and certificates. */
function openToTheNetwork({ http: { host, port, tls, basicAuth, clientCa } }: Resolved): string[] {
  if (isLoopback(host)) return [];
  const [unasked, clear] = [!basicAuth && !clientCa, !tls];
  if (!unasked && !clear) return [];
  const where = `http.listen: ${urlHost(host)}:${port} can be reached from the network`;
  const remedy = 'or listen on 127.0.0.1 behind a proxy';
  if (unasked && clear)
    return [
      `${where}, and anyone can read everything there, unencrypted: set http.tls, and http.basic_auth or http.client_ca, ${remedy}.`,
    ];
  return unasked
    ? [`${where}, and anyone can read everything there: set http.basic_auth or http.client_ca, ${remedy}.`]
    : [`${where}, and passwords are sent unencrypted: set http.tls, ${remedy}.`];
}

function sharedMailboxes(environments: readonly ResolvedEnvironment[]): string[] {
  const first = new Map<string, number>();
  return environments.flatMap(({ mesh }, index) => {
    const mailbox = `${mesh.url} ${mesh.mailboxId.toUpperCase()}`;
    const before = first.get(mailbox);
    if (before === undefined) first.set(mailbox, index);
    return before === undefined
      ? []
      : [`environments[${index}].mesh.mailbox_id: the same mailbox at the same address as environments[${before}].`];
  });
}

type Rule = (environment: ResolvedEnvironment) => string[];

const conformanceCertificate: Rule = ({ renewal }) =>
  renewal.mode !== 'manual' && renewal.requiresConformanceCertificate && renewal.enclose.length === 0
    ? [
        'renewal.enclose: nothing is enclosed. The desk requires the technical conformance certificate, so no request is drafted without it.',
      ]
    : [];

const windowAfterWarning: Rule = ({ credential, thresholds, renewal }) =>
  credential && renewal.mode !== 'manual' && renewal.windowMs < thresholds.warningMs
    ? ['renewal.window: shorter than thresholds.warning, so expiry becomes a warning before a renewal is requested.']
    : [];

const keyWithoutPassphrase: Rule = ({ credential, renewal }) =>
  renewal.mode !== 'manual' &&
  credential &&
  !credential.passphrase &&
  !renewal.passphrase &&
  renewal.key === 'new' &&
  renewal.desk.length > 0
    ? [
        'renewal.passphrase: missing, and the credential has no passphrase. A new key cannot be encrypted, so no request can be drafted.',
      ]
    : [];

const unverifiedServer: Rule = ({ mesh, preset }) =>
  !mesh.verifyServer && preset !== 'sandbox'
    ? ['mesh.verify_server: false trusts any server at that address. Use it for a sandbox only.']
    : [];

const addressOfAnother: Rule = ({ mesh, preset }) => {
  if (preset === undefined) return [];
  const another = presetNames.find((each) => each !== preset && presets[each].url === mesh.url);
  return another ? [`mesh.url: this is the address of ${another}, and the preset is ${preset}.`] : [];
};

const environmentWarnings = [
  conformanceCertificate,
  windowAfterWarning,
  keyWithoutPassphrase,
  unverifiedServer,
  addressOfAnother,
];

const secretKeys = new Set(['password', 'shared_key', 'passphrase', 'private_key', 'keystore', 'secret']);

/** `path` is the same array for all of the file: one for each value would be most of the work. @param kind - the path without places in lists */
function secretsWritten(value: object, path: PropertyKey[], kind: string, few: FewOfEach): void {
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const below: unknown = (value as Readonly<Record<string, unknown>>)[key];
    const isSecret = typeof below === 'string' && secretKeys.has(key);
    if (!isSecret && (typeof below !== 'object' || below === null)) continue;
    path.push(isList ? Number(key) : key);
    const kindBelow = isList ? `${kind}[]` : `${kind}.${key}`;
    if (isSecret)
      few.add(
        kindBelow,
        () => `${pathText(path)}: a secret is written in the configuration; prefer { file: PATH } or { env: NAME }.`,
      );
    else secretsWritten(below as object, path, kindBelow, few);
    path.pop();
  }
}
