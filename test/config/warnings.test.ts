import { describe, expect, test } from 'vitest';
import { shortestCronIntervalSeconds } from '../../src/config/formats.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { samples } from '../support/config/samples.ts';

const minimal = samples('good').find(({ name }) => name === 'minimal.yaml')!.text;
const warnings = (text: string) => parseConfiguration(text, '/etc/mesh.yaml').warnings;
const underEnvironment = (yaml: string) => `${minimal}    ${yaml}\n`;

test('warnings: there are none for the plain case', () => {
  expect(warnings(minimal)).toEqual([]);
});

test('warnings: production without the conformance certificate enclosed is told so, and still runs', () => {
  const live = minimal.replace('preset: integration', 'preset: production');
  expect(warnings(live)).toEqual([
    'environments[0].renewal.enclose: nothing is enclosed. The desk requires the technical conformance certificate, so no request is drafted without it.',
  ]);
  expect(warnings(`${live}    renewal: { enclose: [{ file: conformance.pdf }] }\n`)).toEqual([]);
});

test('warnings: a renewal window shorter than the warning is not what was meant; an equal one is', () => {
  expect(warnings(underEnvironment('renewal: { window: 44d }'))).toEqual([
    'environments[0].renewal.window: shorter than thresholds.warning, so expiry becomes a warning before a renewal is requested.',
  ]);
  expect(warnings(underEnvironment('renewal: { window: 45d }'))).toEqual([]);
});

test('warnings: nothing is missing for requests that only a person makes', () => {
  const bare = minimal
    .replace('preset: integration', 'preset: production')
    .replace('      passphrase: { env: KEY_PASSPHRASE }\n', '');
  expect(warnings(`${bare}    renewal: { window: 1d }\n`)).toHaveLength(3);
  expect(warnings(`${bare}    renewal: { window: 1d, mode: manual }\n`)).toEqual([]);
});

test('warnings: a new key needs a passphrase, from the credential or its own', () => {
  const without = minimal.replace('      passphrase: { env: KEY_PASSPHRASE }\n', '');
  expect(warnings(without)).toEqual([
    'environments[0].renewal.passphrase: missing, and the credential has no passphrase. A new key cannot be encrypted, so no request can be drafted.',
  ]);
  expect(warnings(`${without}    renewal: { passphrase: { env: NEW } }\n`)).toEqual([]);
  expect(warnings(`${without}    renewal: { key: reuse }\n`)).toEqual([]);
});

test('warnings: a server that is not verified is right for a sandbox only', () => {
  const unverified = minimal.replace('mailbox_id', 'verify_server: false\n      mailbox_id');
  expect(warnings(unverified)).toEqual([
    'environments[0].mesh.verify_server: false trusts any server at that address. Use it for a sandbox only.',
  ]);
  expect(warnings(unverified.replace('preset: integration', 'preset: sandbox'))).toEqual([]);
});

test('warnings: the address of another environment than the preset’s', () => {
  const at = (url: string) => minimal.replace('mailbox_id', `url: ${url}\n      mailbox_id`);
  expect(warnings(at('https://mesh-sync.spineservices.nhs.uk'))).toEqual([
    'environments[0].mesh.url: this is the address of production, and the preset is integration.',
  ]);
  expect(warnings(at('https://mesh.example.nhs.uk'))).toEqual([]);
});

test('warnings: the same mailbox at the same address twice, whatever the case', () => {
  const entry = minimal.slice(minimal.indexOf('  - name')).replace('- name: integration', '- name: again');
  expect(warnings(minimal + entry.replace('X26ABC1', 'x26abc1'))).toEqual([
    'environments[1].mesh.mailbox_id: the same mailbox at the same address as environments[0].',
  ]);
  const elsewhere = entry.replace('preset: integration', 'preset: deployment').replaceAll('{ file: ', '{ file: again/');
  expect(warnings(minimal + elsewhere)).toEqual([]);
});

describe('warnings: the key or certificate of another environment', () => {
  const entry = minimal.slice(minimal.indexOf('  - name')).replace('- name: integration', '- name: b');
  const other = entry.replace('X26ABC1', 'X26ABC2');
  const deployment = other.replace('preset: integration', 'preset: deployment');
  const own = (text: string, ...names: string[]) =>
    names.reduce((all, name) => all.replace(`{ file: ${name}`, `{ file: b/${name}`), text);

  test.each([
    ['entries that were copied into one file', deployment, 'credential.private_key', 'credential.private_key'],
    ['the key alone', own(other, 'client.pem'), 'credential.private_key', 'credential.private_key'],
    ['the certificate alone', own(other, 'key.pem'), 'credential.certificate', 'credential.certificate'],
    [
      'what the next deployment gets',
      own(deployment, 'client.pem', 'key.pem').replace(
        '      ca_bundle:',
        '      next: { certificate: { file: client.pem } }\n      ca_bundle:',
      ),
      'credential.next.certificate',
      'credential.certificate',
    ],
  ])('%s', (_what, text, setting, before) => {
    expect(warnings(minimal + text)).toEqual([
      `environments[1].${setting}: the same place as environments[0].${before}. A new certificate for one would replace the other’s: give each its own.`,
    ]);
  });

  test('one certificate for several mailboxes is none, nor are places of their own, nor variables', () => {
    expect(warnings(minimal + other)).toEqual([]);
    expect(warnings(minimal + own(deployment, 'client.pem', 'key.pem'))).toEqual([]);
    const variables = (text: string) =>
      text
        .replace('certificate: { file: client.pem }', 'certificate: { env: C }')
        .replace('private_key: { file: key.pem }', 'private_key: { env: K }');
    expect(warnings(variables(minimal + deployment))).toEqual([]);
  });

  test('in a store too', () => {
    const inStore = (text: string) =>
      text
        .replace('certificate: { file: client.pem }', 'certificate: { aws_ssm: /mesh/cert }')
        .replace('private_key: { file: key.pem }', 'private_key: { aws_ssm: /mesh/key }');
    expect(warnings(inStore(minimal) + inStore(deployment))).toEqual([
      expect.stringMatching(/^environments\[1\]\.credential\.private_key: the same place as environments\[0\]/),
    ]);
  });
});

test('warnings: a secret written in the file, by its path and not by its value', () => {
  const pem = `|\n        -----BEGIN PRIVATE KEY-----\n        ${'A'.repeat(80)}\n        -----END PRIVATE KEY-----`;
  const written = minimal
    .replace('password: { env: MESH_PASSWORD }', 'password: hunter2')
    .replace('private_key: { file: key.pem }', `private_key: ${pem}`);
  const sentence = 'a secret is written in the configuration; prefer { file: PATH } or { env: NAME }.';
  expect(warnings(written)).toEqual([
    `environments[0].mesh.password: ${sentence}`,
    `environments[0].credential.private_key: ${sentence}`,
  ]);
});

test.each([
  [4, 4, undefined],
  [5, 4, 'environments: 2 more warnings like the one before this.'],
  [100, 4, 'environments: 97 more warnings like the one before this.'],
])('warnings: %i of one kind are %i lines, and another kind is still seen', (count, lines, last) => {
  const head = minimal.slice(0, minimal.indexOf('  - name'));
  const entry = minimal.slice(minimal.indexOf('  - name')).replace('preset: integration', 'preset: production');
  const environments = Array.from({ length: count }, (_, index) =>
    entry.replace('- name: integration', `- name: e${index}`).replace('X26ABC1', `X26ABC${index}`),
  );
  const one = environments.join('').replace('password: { env: MESH_PASSWORD }', 'password: hunter2');
  const [found, others] = Object.values(
    Object.groupBy(warnings(head + one), (each) => String(!each.includes('a secret'))),
  );
  expect([found, others].map((each) => each?.length).sort()).toEqual([1, lines]);
  const many = [found, others].find((each) => each?.length === lines);
  if (last) expect(many?.at(-1)).toBe(last);
});

test('warnings: a certificate written in the file is no secret', () => {
  const pem = `|\n        -----BEGIN CERTIFICATE-----\n        ${'A'.repeat(80)}\n        -----END CERTIFICATE-----`;
  expect(warnings(minimal.replace('certificate: { file: client.pem }', `certificate: ${pem}`))).toEqual([]);
});

test('warnings: a password sent to the mail server in the clear', () => {
  const mail = (tls: string) =>
    `${minimal}email: { from: m@example.org, smtp: { host: mail, tls: ${tls}, username: m, password: { env: P } } }\n`;
  expect(warnings(mail('none'))).toEqual(['email.smtp.tls: none sends the password to the mail server unencrypted.']);
  expect(warnings(mail('starttls'))).toEqual([]);
});

describe('warnings: listening where the network reaches it', () => {
  const tls = 'tls: { certificate: { file: c }, private_key: { file: k } }';
  const basic = 'basic_auth: { username: u, password: { env: P } }';
  const hashed = 'basic_auth: { username: u, password_hash: { env: P } }';
  const clientCa = 'client_ca: { file: ca }';
  const http = (listen: string, ...keys: string[]) =>
    warnings(`${minimal}http: { ${[`listen: "${listen}"`, ...keys].join(', ')} }\n`);

  test.each(['0.0.0.0:9807', '[::]:9807', '192.0.2.1:9807', 'monitor.example.nhs.uk:9807'])('%s', (listen) => {
    const [open, ...others] = http(listen);
    expect(others).toEqual([]);
    expect(open).toContain(`http.listen: ${listen} can be reached from the network`);
    expect(open).toMatch(
      /read everything there, unencrypted: set http\.tls, and http\.basic_auth or http\.client_ca, or listen on/,
    );
    expect(http(listen, basic)).toEqual([expect.stringContaining('passwords are sent unencrypted: set http.tls,')]);
    expect(http(listen, tls)).toEqual([
      expect.stringMatching(/read everything there: set http\.basic_auth or http\.client_ca,/),
    ]);
    expect(http(listen, tls, basic)).toEqual([]);
    expect(http(listen, tls, hashed)).toEqual([]);
    expect(http(listen, tls, clientCa)).toEqual([]);
  });

  test.each(['127.0.0.1:9807', '127.0.0.53:9807', '[::1]:0', 'localhost:9807'])('and not %s', (listen) => {
    expect(http(listen)).toEqual([]);
  });
});

test('warnings: handshakes less than 5 minutes apart, and not those 5 minutes apart', () => {
  const handshake = (cron: string) => warnings(`${minimal}schedule: { handshake: "${cron}" }\n`);
  expect(handshake('*/4 * * * *')).toEqual([
    'schedule.handshake: calls MESH again after 240 seconds; NHS England advises once an hour at most.',
  ]);
  expect(handshake('*/5 * * * *')).toEqual([]);
});

test.each([
  ['17 * * * *', 3600],
  ['*/5 * * * *', 300],
  ['* * * * * *', 1],
  ['59 4,30 * * * *', 26 * 60],
  ['0,2 3 * * 1', 120],
  ['1,58 * * * *', 180],
  ['1,58 9-17 * * *', 180],
  ['1,58 */2 * * *', 57 * 60],
  ['59 23 * * *', 24 * 3600],
  ['0,59 0,23 * * *', 60],
])('cron: the shortest time between two firings of %s is %i seconds', (expression, seconds) => {
  expect(shortestCronIntervalSeconds(expression)).toBe(seconds);
});
