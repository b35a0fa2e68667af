/** The command for details that an alert prints is typed on the machine of the service. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { diagnosed, environment } from '../../alerts/src/rule.ts';
import { type } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'details-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('it runs as printed also where the service has TLS, wants a client certificate, and a password of which only the hash is known', async () => {
  const config = join(folder, 'service.yaml');
  writeFileSync(
    config,
    `application: Mavis
ods_code: X26
contact: { name: T, email: t@example.org, telephone: "0113 496 0000" }
http:
  listen: "0.0.0.0:9807"
  tls: { certificate: { file: server.pem }, private_key: { file: server.key } }
  client_ca: { file: ca.pem }
  basic_auth: { username: nagios, password_hash: '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc' }
environments:
  - { name: sandbox, preset: sandbox, mesh: { url: "https://127.0.0.1:1", mailbox_id: X26ABC1, password: { env: A }, shared_key: { env: B } } }
`,
  );
  const text = diagnosed(['handshake_failed'], '');
  const [, template = ''] =
    /Details: mesh-cert-monitor (.*)\{\{ end \}\}\{\{ end \}\}\{\{ else \}\}\{\{ end \}\}$/.exec(text) ?? [];
  const words = template
    .replace(/\{\{ with printf .*\{\{ end \}\}/, config)
    .replaceAll(environment, 'sandbox')
    .split(' ');
  const { code, stderr, stdout } = await type(words, { env: { A: 'a', B: 'b' } });
  // Nobody listens there: critical, and not the 3 of wrong usage.
  expect([code, stdout, stderr]).toEqual([2, expect.stringContaining('connection_refused'), '']);
});
