import * as z from 'zod';
import { contact, environment } from './environment-schema.ts';
import { line, list, odsCode } from './fields.ts';
import * as formats from './formats.ts';
import { choice, section, text } from './shapes.ts';
import { material, path, value } from './source-forms.ts';
import { stores } from './stores-schema.ts';

/**
 * The single description of the file: the parser, the JSON Schema for editors and docs/configuration.md are generated from it.
 * Messages here only say what was expected; problems.ts adds the path, and the value if it is safe to show.
 */

const portRange = { error: 'a port from 1 to 65535' };

const smtp = section({
  host: text('a host name or address', formats.host).describe('Mail server.'),
  port: z
    .int(portRange)
    .min(1, portRange)
    .max(65_535, portRange)
    .optional()
    .describe('Default: 587 with `starttls`, 465 with `implicit`, 25 with `none`.'),
  username: line('a user name').optional().describe('For authentication. Requires password.'),
  password: value().optional().describe('For authentication. Requires username.'),
  tls: choice(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe('`starttls` requires STARTTLS (it is not opportunistic); `none` does not encrypt.'),
  ca_bundle: material()
    .optional()
    .describe('CA certificates to trust for the mail server. Default: the system’s CA certificates.'),
});

const mail = section({
  from: text('an email address, or Name <address>', formats.sender, formats.isPlain).describe(
    'Sender of every message.',
  ),
  smtp: smtp
    .optional()
    .describe('The mail server. Without it, messages are written to `state_dir`/outbox as .eml files.'),
});

const tls = section({
  certificate: material().describe('Server certificate and its chain, PEM.'),
  private_key: material().describe('Its private key, PEM.'),
  passphrase: value().optional().describe('Passphrase of the private key.'),
});

const http = section({
  listen: text('host:port, such as 127.0.0.1:9807 or [::1]:9807', formats.listenAddress, formats.isPort)
    .default('127.0.0.1:9807')
    .describe('Address and port to listen on. IPv6 addresses go in brackets; port 0 means any free port.'),
  tls: tls.optional().describe('Serve HTTPS with this certificate.'),
  client_ca: material()
    .optional()
    .describe(
      'CA certificates, PEM. Anyone with a client certificate from one of these CAs is let in, without a password. Needs `tls`.',
    ),
  basic_auth: section({
    username: text('a user name without a colon', formats.userName).describe('User name.'),
    password: value().optional().describe('Password. Give either this or `password_hash`.'),
    password_hash: value()
      .optional()
      .describe(
        'Hash of the password, as printed by `mesh-cert-monitor hash-password`: Argon2id or scrypt in the PHC string format.',
      ),
  })
    .optional()
    .describe('Require a user name and password, except at `/health/live` and `/health/ready`.'),
  trusted_proxies: list(
    text('an IP address, or a network such as 10.0.0.0/8', formats.network, formats.isNetwork),
    'addresses and networks',
  )
    .optional()
    .describe(
      'Addresses and networks of reverse proxies in front of this service. Limits on wrong passwords then apply to the client that the proxy names in `X-Forwarded-For`.',
    ),
});

const cron = () =>
  text(
    'a cron expression of five fields (six: with seconds first) that fires at some time',
    formats.cronFields,
    formats.isCron,
  );

const schedule = section({
  check: cron().default('*/5 * * * *').describe('When files are read and checked, as a cron expression.'),
  handshake: cron()
    .default('17 * * * *')
    .describe(
      'When a handshake with MESH is made, as a cron expression. NHS England advises at least once a day and at most once an hour.',
    ),
  timezone: text('a time zone such as Europe/London', /^[A-Za-z0-9_+/-]{1,64}$/, formats.isTimezone)
    .default('Europe/London')
    .describe('Time zone for both schedules.'),
});

const daysBeforeExpiry = () => {
  const expected = { error: 'a whole number of days from 0 to 365' };
  return z.int(expected).min(0, expected).max(365, expected);
};

const notify = section({
  expiry_days: list(daysBeforeExpiry(), 'days')
    .default([])
    .describe(
      'Numbers of days before expiry at which the contact gets an email, one for each number and certificate. Needs `email.smtp`. Nothing is sent while a renewal is on its way, in time and needs nobody.',
    ),
  webhook: section({
    url: value().describe('Where changes are sent. The address may itself be a secret.'),
    secret: value().optional().describe('Signs each request (HMAC-SHA-256).'),
    format: choice(['json', 'teams', 'slack'])
      .default('json')
      .describe(
        '`json`: the change as data; `teams`: an Adaptive Card for a Teams workflow; `slack`: a Slack message.',
      ),
  })
    .optional()
    .describe('Called when the status of an environment, or its cause, changes.'),
});

export const fileSchema = section({
  application: line('an application name').describe('Name of your application, for the certificate desk.'),
  estate: line('a name for all these environments')
    .optional()
    .describe(
      'A label `mesh_estate` on every metric, to tell apart two services that the same Prometheus scrapes and that have environments of the same name.',
    ),
  ods_code: odsCode().describe('Your organisation’s ODS code.'),
  organisation: line('an organisation’s name')
    .optional()
    .describe('Its name, which requests give alongside the ODS code.'),
  contact: contact().describe('Who is responsible for these certificates.'),
  state_dir: path
    .default('./state')
    .describe('Directory for renewal state, drafted messages and pending keys, relative to this file.'),
  http: http.prefault({}).describe('Where metrics, health and the status page are served.'),
  schedule: schedule.prefault({}).describe('When checks and handshakes run.'),
  email: mail
    .optional()
    .describe('How requests and reminders are sent. Without it, they are written to `state_dir`/outbox as .eml files.'),
  stores: stores
    .optional()
    .describe('How to reach secret stores. A store is contacted only if a value in this file is kept in it.'),
  notify: notify.optional().describe('Notifications sent by the service itself, if you do not use Alertmanager.'),
  environments: list(environment, 'environments')
    .min(1, { error: 'at least one environment' })
    .describe('One entry for each mailbox and MESH environment.'),
}).meta({
  title: 'Configuration of mesh-cert-monitor',
  description: 'Which MESH mailboxes to monitor, how to reach them, and who issues their certificates.',
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

/** JSON Schema 2020-12 of the file. Only the parser checks what a schema cannot express (rules between keys, cron, time zones). */
export function jsonSchema(): JsonSchema {
  const $comment = 'Generated from src/config/schema.ts by `npm run docs`.';
  return { $comment, ...z.toJSONSchema(fileSchema, { io: 'input' }) } as JsonSchema;
}
