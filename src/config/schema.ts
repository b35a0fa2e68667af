import * as z from 'zod';
import { dayMs, minuteMs } from '../time/index.ts';
import * as formats from './formats.ts';
import { presetNames } from './presets.ts';

/**
 * The one description of the file: the parser, the JSON Schema for editors and docs/configuration.md are made from it.
 * A message here is only what was expected; problems.ts adds the path, and the value where it is safe to show.
 */

type Rule = (value: string) => boolean;

function text(expected: string, pattern: RegExp, rule?: Rule) {
  const shaped = z.string({ error: expected }).regex(pattern, { error: expected, abort: true });
  return rule ? shaped.refine(rule, { error: expected }) : shaped;
}

function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'a mapping' : undefined) });
}

function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `one of ${names.join(', ')}` });
}

function duration(leastMs: number, mostMs: number, range: string) {
  return text(`a duration such as 14d, 12h or 90s, ${range}`, formats.duration, formats.isWithin(leastMs, mostMs));
}
const timeout = () => duration(1, 10 * minuteMs, 'more than zero and at most 10m');
const period = () => duration(1, 3650 * dayMs, 'more than zero and at most 3650d');

const list = <Item extends z.ZodType>(item: Item, what: string) => z.array(item, { error: `a list of ${what}` });

const path = text('a path', formats.path);
const file = z.strictObject({ file: path.describe('Path, relative to the configuration file.') });
const variable = z.strictObject({
  env: text('the name of an environment variable', formats.variableName).describe('Name of an environment variable.'),
});

/** A short value: the text itself, or where it is. */
export const valueOrPlace = 'text (a number goes in quotes), { file: PATH } or { env: NAME }';
const value = () => z.union([z.string().min(1, { error: valueOrPlace }), file, variable], { error: valueOrPlace });

/** Certificates and keys. Nothing this short is one, so that a bare path is not taken for PEM. */
const shortestMaterial = 100;
const materialOrPlace = 'PEM text, { file: PATH } or { env: NAME }; a bare path is not enough';
const material = () =>
  z.union([z.string().min(shortestMaterial, { error: materialOrPlace }), file, variable], { error: materialOrPlace });

/** Where one of these was expected, what stands there may be a secret. */
export const secretExpectations: ReadonlySet<string> = new Set([valueOrPlace, materialOrPlace]);

const line = (what: string) => text(`${what}: one line of text, at most 200 characters`, formats.oneLine);
const odsCode = () =>
  text('an ODS code of 3 to 12 letters and digits, in quotes if it looks like a number', formats.odsCode);
const email = () => text('an e-mail address', formats.emailAddress);

const contact = () =>
  section({
    name: line('a name').describe('Person or team that the desk should answer.'),
    email: email().describe('In copy of each request, and the address for replies and reminders.'),
    telephone: text('a telephone number', formats.telephone).describe(
      'Quoted in the request. In quotes if it is all digits.',
    ),
  });

const timeouts = section({
  connect: timeout().default('5s').describe('Name lookup, TCP connection and the proxy’s tunnel, together.'),
  tls: timeout().default('5s').describe('TLS handshake.'),
  request: timeout().default('10s').describe('From the request to the end of the answer.'),
});

const mesh = section({
  url: text('an https URL of scheme, host and port only', formats.httpsUrl, formats.isUrl)
    .optional()
    .describe('Where MESH answers: https, host and port, no path. The preset fills it.'),
  mailbox_id: text(
    'a mailbox ID of 3 to 20 letters, digits, _ or -, in quotes if it looks like a number',
    formats.mailboxId,
  ).describe('Mailbox whose client certificate this is.'),
  password: value().optional().describe('Password of the mailbox. Needed by the probe `validate`.'),
  shared_key: value().optional().describe('Shared key of the MESH environment. Needed by the probe `validate`.'),
  verify_server: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe('Verify the server’s certificate against the CA bundle. Default: true; false with the preset `sandbox`.'),
  probe: choice(['validate', 'ping'])
    .default('validate')
    .describe(
      '`validate` performs the MESH handshake, which also marks the mailbox as active; `ping` proves mutual TLS only and leaves the mailbox’s activity to the real client.',
    ),
  timeouts: timeouts.prefault({}).describe('How long each phase of a handshake may take.'),
  proxy: text('an http:// URL of a proxy', formats.proxyUrl, formats.isUrl)
    .optional()
    .describe(
      'HTTP proxy to tunnel through, with user name and password in the URL if it wants them. Default: what HTTPS_PROXY and NO_PROXY say.',
    ),
});

const credential = section({
  certificate: material().optional().describe('Client certificate, PEM or DER.'),
  private_key: material().optional().describe('Its private key, PEM or DER, encrypted or not.'),
  passphrase: value().optional().describe('Passphrase of the private key or of the keystore.'),
  ca_bundle: material()
    .optional()
    .describe(
      'Root and intermediate CA certificates. With a keystore it may be absent: the CA certificates inside are used.',
    ),
  keystore: material().optional().describe('PKCS#12 or JKS, instead of certificate and private_key.'),
});

export const defaultThresholds = { warning: '45d', critical: '14d' };

const thresholds = section({
  warning: period().default(defaultThresholds.warning).describe('Time before notAfter from which expiry is a warning.'),
  critical: period()
    .default(defaultThresholds.critical)
    .describe('Time before notAfter from which expiry is critical.'),
});

const renewal = section({
  window: period().default('60d').describe('Time before notAfter at which the request is drafted and sent.'),
  mode: choice(['send', 'review'])
    .default('send')
    .describe('`send`: to the desk, contact in copy; `review`: to the contact only, ready to forward.'),
  key: choice(['new', 'reuse']).default('new').describe('A new private key for the request, or the deployed one.'),
  key_bits: z
    .literal([2048, 3072, 4096], { error: 'one of 2048, 3072, 4096' })
    .default(2048)
    .describe('Bits of a new RSA key.'),
  common_name: text('a common name of at most 64 letters, digits, dots, _ and -', formats.commonName)
    .optional()
    .describe(
      'CN to ask for. Default: the deployed certificate’s, where it has the MESH API form, else `<mailbox_id>.<ods_code>.api.mesh-client.nhs.uk`.',
    ),
  passphrase: value().optional().describe('Encrypts a new key. Default: the credential’s passphrase.'),
  desk: list(email(), 'e-mail addresses').optional().describe('Who issues certificates. The preset fills it.'),
  enclose: list(
    z.strictObject({ file: path.describe('Path, relative to the configuration file.') }, { error: '{ file: PATH }' }),
    '{ file: PATH }',
  )
    .default([])
    .describe('Files to attach besides the CSR. For production: the technical conformance certificate.'),
});

const environment = section({
  name: text(
    'a name of letters, digits, dots, _ and -, at most 63 characters, beginning and ending with a letter or digit',
    formats.environmentName,
  ).describe('Label in metrics, part of URLs and file names. Unique, whatever the case.'),
  preset: choice(presetNames)
    .optional()
    .describe('Fills `mesh.url`, `mesh.verify_server`, `renewal.desk` and what the request must enclose.'),
  application: line('an application name').optional().describe('Overrides the top one.'),
  ods_code: odsCode().optional().describe('Overrides the top one.'),
  contact: contact().optional().describe('Overrides the top one, as a whole.'),
  mesh: mesh.describe('The MESH endpoint and mailbox.'),
  credential: credential
    .optional()
    .describe('PEM parts (certificate, private_key, ca_bundle) or one keystore. Only a sandbox may do without.'),
  chain_order: choice(['root-first', 'leaf-first'])
    .default('root-first')
    .describe('The order that the CA bundle must have.'),
  thresholds: thresholds.prefault({}).describe('When expiry is a warning, and when it is critical.'),
  renewal: renewal.prefault({}).describe('How a new certificate is asked for.'),
});

const portRange = { error: 'a port from 1 to 65535' };

const smtp = section({
  host: text('a host name or address', formats.host).describe('Mail server.'),
  port: z
    .int(portRange)
    .min(1, portRange)
    .max(65_535, portRange)
    .optional()
    .describe('Default: 587 with `starttls`, 465 with `implicit`, 25 with `none`.'),
  username: line('a user name').optional().describe('For authentication, together with password.'),
  password: value().optional().describe('For authentication, together with username.'),
  tls: choice(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe('`starttls` is required, not tried; `none` sends in the clear.'),
  ca_bundle: material().optional().describe('CA certificates to trust for the mail server. Default: the system’s.'),
});

const mail = section({
  from: text('an e-mail address, or Name <address>', formats.sender).describe('Sender of every message.'),
  smtp: smtp.optional().describe('The mail server. Absent: messages are written to `state_dir`/outbox as .eml.'),
});

const tls = section({
  certificate: material().describe('Server certificate and its chain, PEM.'),
  private_key: material().describe('Its private key, PEM.'),
  passphrase: value().optional().describe('Passphrase of the private key.'),
});

const http = section({
  listen: text('host:port, such as 127.0.0.1:9807 or [::1]:9807', formats.listenAddress, formats.isPort)
    .default('127.0.0.1:9807')
    .describe('Address and port to listen on; IPv6 in brackets; port 0 takes any free one.'),
  tls: tls.optional().describe('Serve https with this certificate.'),
  client_ca: material()
    .optional()
    .describe(
      'CA certificates, PEM. A client certificate that one of them has signed lets its holder in, with or instead of basic_auth. Needs tls.',
    ),
  basic_auth: section({
    username: text('a user name without colon', formats.userName).describe('User name.'),
    password: value().optional().describe('Password; either this or its hash.'),
    password_hash: value()
      .optional()
      .describe(
        'Hash of the password, as `mesh-cert-monitor hash-password` prints it: Argon2id or scrypt in the PHC string format.',
      ),
  })
    .optional()
    .describe('Ask for user name and password, except at `/health/live` and `/health/ready`.'),
  trusted_proxies: list(
    text('an IP address, or a network such as 10.0.0.0/8', formats.network, formats.isNetwork),
    'addresses and networks',
  )
    .optional()
    .describe(
      'Reverse proxies in front of this service. Wrong passwords count for the address that they name in `X-Forwarded-For`, and not for theirs.',
    ),
});

const cron = () =>
  text(
    'a cron expression of five fields (six: with seconds first) that fires at some time',
    formats.cronFields,
    formats.isCron,
  );

const schedule = section({
  check: cron().default('*/5 * * * *').describe('When files are read and verified, as cron.'),
  handshake: cron()
    .default('17 * * * *')
    .describe('When MESH is called, as cron. NHS England advises once a day at least, once an hour at most.'),
  timezone: text('a time zone such as Europe/London', /^[A-Za-z0-9_+/-]{1,64}$/, formats.isTimezone)
    .default('Europe/London')
    .describe('Time zone of both.'),
});

export const fileSchema = section({
  application: line('an application name').describe('Quoted to the certificate desk.'),
  ods_code: odsCode().describe('ODS code of the organisation.'),
  contact: contact().describe('Who answers for these certificates.'),
  state_dir: path
    .default('./state')
    .describe('Directory for renewal state, drafted messages and pending keys, relative to this file.'),
  http: http.prefault({}).describe('Where metrics, health and the status page are served.'),
  schedule: schedule.prefault({}).describe('When things happen.'),
  email: mail
    .optional()
    .describe('How requests and reminders are sent. Absent: they are written to `state_dir`/outbox as .eml.'),
  environments: list(environment, 'environments')
    .min(1, { error: 'at least one environment' })
    .describe('One entry for each mailbox and MESH environment.'),
}).meta({
  title: 'Configuration of mesh-cert-monitor',
  description: 'Which MESH mailboxes to watch, how to reach them, and whom to ask for new certificates.',
});

export type ConfigurationFile = z.output<typeof fileSchema>;
export type EnvironmentFile = ConfigurationFile['environments'][number];

export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minLength?: number;
}

/** JSON Schema 2020-12 of the file. What no schema can say (rules between keys, cron, time zones) only the parser refuses. */
export function jsonSchema(): JsonSchema {
  return z.toJSONSchema(fileSchema, { io: 'input' }) as JsonSchema;
}
