import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { presets } from '../../src/config/presets.ts';
import { dayMs } from '../../src/time/duration.ts';
import { samples } from '../support/config/samples.ts';

const good = (name: string) => {
  const sample = samples('good').find((each) => each.name === name)!;
  return parseConfiguration(sample.text, `/etc/mesh/${name}`);
};
const withListen = (listen: string) =>
  parseConfiguration(
    `${samples('good').find(({ name }) => name === 'minimal.yaml')!.text}http: { listen: "${listen}" }\n`,
    '/x/y.yaml',
  ).http;

test('resolve: an environment that names a preset gets its address, its desk and every default', () => {
  const [environment] = good('minimal.yaml').environments;
  expect(environment).toEqual({
    name: 'integration',
    preset: 'integration',
    application: 'Mavis',
    odsCode: 'X26',
    contact: { name: 'Ada Lovelace', email: 'ada@example.nhs.uk', telephone: '0113 496 0000' },
    mesh: {
      url: 'https://msg.intspineservices.nhs.uk',
      mailboxId: 'X26ABC1',
      password: { kind: 'env', name: 'MESH_PASSWORD' },
      sharedKey: { kind: 'env', name: 'MESH_SHARED_KEY' },
      verifyServer: true,
      probe: 'validate',
      timeouts: { connectMs: 5000, tlsMs: 5000, requestMs: 10_000 },
    },
    credential: {
      kind: 'pem',
      certificate: { kind: 'file', path: '/etc/mesh/client.pem' },
      privateKey: { kind: 'file', path: '/etc/mesh/key.pem' },
      passphrase: { kind: 'env', name: 'KEY_PASSPHRASE' },
      caBundle: { kind: 'file', path: '/etc/mesh/bundle.pem' },
    },
    chainOrder: 'root-first',
    thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
    renewal: {
      windowMs: 60 * dayMs,
      mode: 'review',
      key: 'new',
      keyBits: 2048,
      deskWorkingDays: 5,
      reminderWorkingDays: 5,
      desk: ['itoc.supportdesk@nhs.net'],
      enclose: [],
      requiresConformanceCertificate: false,
    },
  });
});

test('resolve: the rest of the file has its defaults', () => {
  const { stateDir, http, schedule, email } = good('minimal.yaml');
  expect({ stateDir, http, schedule, email }).toEqual({
    stateDir: '/etc/mesh/state',
    http: { host: '127.0.0.1', port: 9807 },
    schedule: { check: '*/5 * * * *', handshake: '17 * * * *', timezone: 'Europe/London' },
    email: undefined,
  });
});

test('resolve: what the file says wins over preset and default', () => {
  const { environments, http, schedule, email, stateDir } = good('every-key.yaml');
  expect(stateDir).toBe('/var/lib/mesh-cert-monitor');
  expect(http).toEqual({
    host: '::1',
    port: 0,
    tls: {
      certificate: { kind: 'file', path: '/etc/mesh/tls/server.pem' },
      privateKey: { kind: 'file', path: '/etc/mesh/tls/server.key' },
      passphrase: { kind: 'env', name: 'TLS_PASSPHRASE' },
    },
    clientCa: { kind: 'file', path: '/etc/mesh/tls/client-ca.pem' },
    basicAuth: { username: 'prometheus', password: { kind: 'env', name: 'HTTP_PASSWORD' } },
    trustedProxies: ['10.0.0.0/8', '2001:db8::7'],
  });
  expect(schedule).toEqual({ check: '30 */5 * * * *', handshake: '0 */6 * * *', timezone: 'UTC' });
  expect(email).toEqual({
    from: 'MESH monitor <mesh-monitor@example.nhs.uk>',
    smtp: {
      host: 'smtp.example.nhs.uk',
      port: 2525,
      username: 'mesh-monitor',
      password: { kind: 'file', path: '/etc/mesh/smtp-password' },
      tls: 'implicit',
      caBundle: { kind: 'file', path: '/etc/mesh/mail-ca.pem' },
    },
  });
  const [live] = environments;
  expect(live).toMatchObject({
    application: 'Mavis live',
    odsCode: 'RX1',
    contact: { name: 'Grace Hopper', email: 'grace@example.nhs.uk', telephone: '0113 496 0001' },
    mesh: {
      url: 'https://mesh-sync.national.ncrs.nhs.uk:8443',
      probe: 'ping',
      timeouts: { connectMs: 250, tlsMs: 2000, requestMs: 60_000 },
      proxy: 'http://proxy.example.nhs.uk:3128',
      tlsMax: 'TLSv1.2',
      tlsGroups: ['X25519', 'P-256'],
      trust: 'bundle+system',
    },
    chainOrder: 'leaf-first',
    thresholds: { warningMs: 30 * dayMs, criticalMs: 7 * dayMs },
    renewal: {
      windowMs: 90 * dayMs,
      mode: 'send',
      key: 'reuse',
      keyBits: 3072,
      deskWorkingDays: 7,
      reminderWorkingDays: 4,
      commonName: 'SERVER001.RX1.api.mesh-client.nhs.uk',
      passphrase: { kind: 'env', name: 'MESH_LIVE_NEW_KEY_PASSPHRASE' },
      desk: ['desk@example.nhs.uk', 'second.desk@example.nhs.uk'],
      enclose: [{ kind: 'file', path: '/etc/mesh/docs/conformance.pdf' }],
      afterInstall: ['systemctl', 'restart', 'mavis'],
      requiresConformanceCertificate: true,
    },
  });
});

test('resolve: the reminder waits as long as the desk needs, unless it is told otherwise', () => {
  const { text } = samples('good').find(({ name }) => name === 'minimal.yaml')!;
  const renewal = (more: string) =>
    parseConfiguration(`${text.trimEnd()}\n    renewal: { desk_working_days: 8${more} }\n`, '/etc/mesh.yaml')
      .environments[0]?.renewal;
  expect(renewal('')).toMatchObject({ deskWorkingDays: 8, reminderWorkingDays: 8 });
  expect(renewal(', reminder_working_days: 3')).toMatchObject({ deskWorkingDays: 8, reminderWorkingDays: 3 });
});

test('resolve: without requests of its own an environment needs no desk', () => {
  const minimal = samples('good').find(({ name }) => name === 'minimal.yaml')!.text;
  const withoutPreset = minimal.replace('preset: integration', 'renewal: { mode: manual }');
  const [environment] = parseConfiguration(
    withoutPreset.replace('mailbox_id', 'url: https://mesh.example.nhs.uk\n      mailbox_id'),
    '/etc/mesh.yaml',
  ).environments;
  expect(environment?.renewal).toMatchObject({ mode: 'manual', desk: [] });
});

test('resolve: a keystore needs neither preset nor CA bundle', () => {
  const [environment] = good('keystore-without-preset.yaml').environments;
  expect(environment?.credential).toEqual({
    kind: 'keystore',
    keystore: { kind: 'file', path: '/etc/mesh/mesh.keystore' },
    alias: 'mesh',
    passphrase: { kind: 'env', name: 'KEYSTORE_PASSPHRASE' },
  });
  expect(environment).not.toHaveProperty('preset');
  expect(environment?.mesh.verifyServer).toBe(true);
});

test('resolve: a sandbox may have no credential, is not verified unless told, and has nobody to ask', () => {
  const [environment] = good('sandbox.yaml').environments;
  expect(environment).not.toHaveProperty('credential');
  expect(environment?.mesh).toMatchObject({ url: 'https://localhost:8700', verifyServer: false });
  expect(environment?.renewal.desk).toEqual([]);
});

test('resolve: a secret written in the file can be read, and does not print itself', () => {
  const [environment] = good('sandbox.yaml').environments;
  const sharedKey = environment?.mesh.sharedKey;
  expect(sharedKey?.kind === 'inline' && sharedKey.value.reveal()).toBe('TestKey');
  expect(JSON.stringify(environment)).not.toContain('TestKey');
});

test('resolve: environments share what they have in common by anchors and merges', () => {
  const [first, second] = good('shared-by-anchors.yaml').environments;
  expect(second).toEqual({ ...first, name: 'second', mesh: { ...first?.mesh, mailboxId: 'X26ABC2' } });
});

test.each([
  ['127.0.0.1:9807', { host: '127.0.0.1', port: 9807 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
  ['[::]:9807', { host: '::', port: 9807 }],
])('resolve: listens on %s', (listen, expected) => {
  expect(withListen(listen)).toEqual(expected);
});

test.each([
  ['starttls', 587],
  ['implicit', 465],
  ['none', 25],
])('resolve: the mail port that goes with %s is %i', (tls, port) => {
  const text = `${samples('good').find(({ name }) => name === 'minimal.yaml')!.text}email: { from: m@example.org, smtp: { host: mail, tls: ${tls} } }\n`;
  expect(parseConfiguration(text, '/x/y.yaml').email?.smtp?.port).toBe(port);
});

test('resolve: the hash of the content changes with one letter', () => {
  const { text } = samples('good')[0]!;
  expect(parseConfiguration(text, '/x').contentHash).not.toBe(parseConfiguration(`${text}#`, '/x').contentHash);
});

test('presets: every address is an https origin, and everyone but a sandbox has a desk', () => {
  for (const [name, { url, desk, pki }] of Object.entries(presets)) {
    expect(new URL(url).origin).toBe(url);
    expect(desk.length > 0, name).toBe(name !== 'sandbox');
    expect(pki !== undefined, name).toBe(name !== 'sandbox');
  }
});

test.each([
  ['', 'Leeds Trust'],
  ['ods_code: X26', 'Leeds Trust'],
  ['ods_code: RX1', undefined],
  ['{ ods_code: RX1, organisation: Another Trust }', 'Another Trust'],
  ['organisation: Another Name', 'Another Name'],
])('resolve: the organisation’s name belongs to its ODS code; an environment with %j has %j', (own, name) => {
  const text = samples('good').find((each) => each.name === 'minimal.yaml')!.text;
  const environment = own.replace(/^\{ | \}$/g, '').replace(', ', '\n    ');
  const file = `organisation: Leeds Trust\n${text.replace('  - name:', `  - ${environment === '' ? 'name:' : `${environment}\n    name:`}`)}`;
  expect(parseConfiguration(file, '/x/y.yaml').environments[0]?.organisation).toBe(name);
});
