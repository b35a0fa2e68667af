/** One entry of `environments`. */
import * as z from 'zod';
import { email, line, list, odsCode, period, timeout } from './fields.ts';
import * as formats from './formats.ts';
import { presetNames } from './presets.ts';
import { choice, section, text } from './shapes.ts';
import { inStore, material, path, value } from './source-forms.ts';

export const contact = () =>
  section({
    name: line('a name').describe('Person or team that the desk replies to.'),
    email: email().describe('Copied in to each request; receives replies and reminders.'),
    telephone: text('a telephone number', formats.telephone, formats.isPlain).describe(
      'Included in the request. Put it in quotes if it is all digits.',
    ),
  });

const timeouts = section({
  connect: timeout().default('5s').describe('DNS lookup, TCP connection and proxy tunnel together.'),
  tls: timeout().default('5s').describe('TLS handshake.'),
  request: timeout().default('10s').describe('From sending the request to the end of the response.'),
});

const mesh = section({
  url: text('an https URL of scheme, host and port only', formats.httpsUrl, formats.isUrl)
    .optional()
    .describe('Address of MESH: https, host and port, without a path. Set by the preset.'),
  mailbox_id: text(
    'a mailbox ID of 3 to 20 letters, digits, _ or -, in quotes if it looks like a number',
    formats.mailboxId,
  ).describe('The mailbox that uses this client certificate.'),
  password: value().optional().describe('Password of the mailbox. Required by the probe `validate`.'),
  shared_key: value().optional().describe('Shared key of the MESH environment. Required by the probe `validate`.'),
  verify_server: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe(
      'Verify the server’s certificate against the CA bundle. Default: true, or false with the preset `sandbox`.',
    ),
  probe: choice(['validate', 'ping'])
    .default('validate')
    .describe(
      '`validate` performs the MESH handshake, which also marks the mailbox as active; `ping` proves mutual TLS only and leaves the mailbox’s activity to the real client.',
    ),
  timeouts: timeouts.prefault({}).describe('Time limit for each phase of a handshake.'),
  proxy: text('an http:// URL of a proxy', formats.proxyUrl, formats.isUrl)
    .optional()
    .describe(
      'HTTP proxy to tunnel through, with the user name and password in the URL if it needs them. Default: HTTPS_PROXY and NO_PROXY.',
    ),
  tls_max: z
    .enum(['1.2', '1.3'], { error: '"1.2" or "1.3", in quotes' })
    .optional()
    .describe(
      'The latest version of TLS to offer, in quotes. Default: 1.3. `"1.2"` for a server that asks for the client certificate after the handshake.',
    ),
  tls_groups: list(choice(formats.tlsGroupNames), 'groups')
    .min(1, { error: 'at least one group' })
    .optional()
    .describe(
      'Groups to offer for the key exchange, the preferred one first. Default: OpenSSL’s own, X25519MLKEM768 (post-quantum) first. `[X25519, P-256]` if a device on the path cannot read the larger message that this produces.',
    ),
  trust: choice(['bundle', 'bundle+system'])
    .default('bundle')
    .describe(
      'What the server’s certificate is verified against: the CA bundle alone, or also the roots of this machine, as in NHS England’s own client with REQUESTS_CA_BUNDLE.',
    ),
});

const credentialParts = {
  certificate: material().optional().describe('Client certificate, PEM or DER.'),
  private_key: material().optional().describe('Its private key, PEM or DER, encrypted or not.'),
  passphrase: value().optional().describe('Passphrase of the private key or of the keystore.'),
  ca_bundle: material()
    .optional()
    .describe('Root and intermediate CA certificates. Optional with a keystore: the CA certificates in it are used.'),
  keystore: material().optional().describe('PKCS#12 or JKS, instead of certificate and private_key.'),
  alias: line('an alias')
    .optional()
    .describe('Which key entry to use if the keystore has several. Default: the one whose certificate expires first.'),
};

const credential = section({
  ...credentialParts,
  next: section({
    ...credentialParts,
    private_key: credentialParts.private_key.describe('Default: the deployed one’s.'),
    passphrase: credentialParts.passphrase.describe('Default: the deployed one’s.'),
    ca_bundle: credentialParts.ca_bundle.describe('Default: the deployed one’s.'),
  })
    .optional()
    .describe(
      'Where the next deployment takes its credential from, such as the store behind the deployed variables. It is checked too, so that a wrong certificate is noticed before it is deployed.',
    ),
});

export const defaultThresholds = { warning: '45d', critical: '14d' };

const thresholds = section({
  warning: period()
    .default(defaultThresholds.warning)
    .describe('Time before expiry (notAfter) at which it becomes a warning.'),
  critical: period()
    .default(defaultThresholds.critical)
    .describe('Time before expiry (notAfter) at which it becomes critical.'),
});

/** NHS England, certificate guidance for MESH API clients: the desks answer within this many working days. */
export const defaultDeskWorkingDays = 5;

const workingDays = () => {
  const expected = { error: 'a whole number of working days from 1 to 60' };
  return z.int(expected).min(1, expected).max(60, expected);
};

const renewal = section({
  window: period()
    .default('60d')
    .describe('Time before expiry (notAfter) at which the request is drafted and sent (`mode` says to whom).'),
  mode: choice(['review', 'send', 'manual'])
    .default('review')
    .describe(
      '`review`: to the contact only, ready to forward; `send`: straight to the desk, with the contact copied in. Choose `send` once you have seen a request that was right. `manual`: only when you run `renew` or `request`, and then as with `review`; the service itself requests nothing.',
    ),
  key: choice(['new', 'reuse'])
    .default('new')
    .describe('Use a new private key for the request, or reuse the deployed one.'),
  key_bits: z
    .literal([2048, 3072, 4096], { error: 'one of 2048, 3072, 4096' })
    .default(2048)
    .describe('Size of a new RSA key, in bits.'),
  common_name: text('a common name of at most 64 letters, digits, dots, _ and -', formats.commonName)
    .optional()
    .describe(
      'Common name to request. Default: the deployed certificate’s, if it is in the MESH API format, otherwise `<mailbox_id>.<ods_code>.api.mesh-client.nhs.uk`.',
    ),
  passphrase: value().optional().describe('Passphrase for a new key. Default: the credential’s passphrase.'),
  pending_key: inStore()
    .optional()
    .describe(
      'Where a new key is kept, encrypted, until its certificate is installed: a place in a secret store that nothing else uses. Default: a file below `state_dir`.',
    ),
  desk: list(email(), 'email addresses')
    .optional()
    .describe('Email addresses of the certificate desk. Set by the preset.'),
  desk_working_days: workingDays()
    .default(defaultDeskWorkingDays)
    .describe(
      'Working days that the desk needs to answer. Once fewer than this are left before expiry, renewal findings are critical.',
    ),
  reminder_working_days: workingDays()
    .optional()
    .describe('Working days to wait for a new certificate before reminding the contact. Default: `desk_working_days`.'),
  enclose: list(
    z.strictObject({ file: path.describe('Path, relative to the configuration file.') }, { error: '{ file: PATH }' }),
    '{ file: PATH }',
  )
    .default([])
    .describe('Files to attach in addition to the CSR. For production: the technical conformance certificate.'),
  after_install: list(line('a command or one of its arguments'), 'the command and its arguments')
    .min(1, { error: 'a command' })
    .optional()
    .describe(
      'Command that `accept --install` runs once the files are in place, such as `[systemctl, restart, mavis]`. Without a shell; at most a minute.',
    ),
});

export const environment = section({
  name: text(
    'a name of letters, digits, dots, _ and -, at most 63 characters, beginning and ending with a letter or digit',
    formats.environmentName,
  ).describe('Used in metric labels, URLs and file names. Must be unique, ignoring case.'),
  preset: choice(presetNames)
    .optional()
    .describe('Sets `mesh.url`, `mesh.verify_server`, `renewal.desk` and what the request must enclose.'),
  application: line('an application name').optional().describe('Overrides the top-level value.'),
  ods_code: odsCode().optional().describe('Overrides the top-level value.'),
  organisation: line('an organisation’s name')
    .optional()
    .describe('Overrides the top-level value, which is not used for an environment with its own `ods_code`.'),
  contact: contact().optional().describe('Overrides the whole top-level contact.'),
  mesh: mesh.describe('The MESH endpoint and mailbox.'),
  credential: credential
    .optional()
    .describe('PEM parts (certificate, private_key, ca_bundle) or one keystore. Optional for a sandbox only.'),
  awaiting_first_certificate: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe(
      'The environment is new and its certificate has been requested, but not with `mesh-cert-monitor request`. Files that do not exist yet are then not reported as a failure. Has no effect once a certificate has been seen.',
    ),
  chain_order: choice(['root-first', 'leaf-first']).default('root-first').describe('Required order of the CA bundle.'),
  thresholds: thresholds.prefault({}).describe('When expiry becomes a warning, and when it becomes critical.'),
  renewal: renewal.prefault({}).describe('How a new certificate is requested.'),
});
