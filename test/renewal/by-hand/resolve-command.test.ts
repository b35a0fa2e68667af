import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type } from '../../support/cli.ts';
import { createNhsLikePki } from '../../support/pki.ts';
import { pendingRenewal } from '../../support/renewal/pending.ts';

/** `integration` has drafted the request; `second` and `third` share its certificate, and `apart` has one of its own. */
async function setUp() {
  const renewal = await pendingRenewal();
  renewal.store.note(renewal.record(), { delivery: 'drafted' });
  const config = join(renewal.folder, 'monitor.yaml');
  const { client } = await createNhsLikePki({ commonName: 'x26abc4.x26.api.mesh-client.nhs.uk' });
  await writeFile(join(renewal.folder, 'apart.pem'), client.pem);
  const environment = (name: string, mailbox: string, certificate = 'client.pem') => ({
    name,
    preset: 'integration',
    mesh: { mailbox_id: mailbox, password: { env: 'PASSWORD' }, shared_key: { env: 'SHARED_KEY' } },
    credential: {
      certificate: { file: certificate },
      private_key: { file: 'private_key.pem' },
      passphrase: { env: 'PASSPHRASE' },
      ca_bundle: { file: 'ca_bundle.pem' },
    },
  });
  await writeFile(
    config,
    JSON.stringify({
      application: 'Mavis',
      ods_code: 'X26',
      contact: { name: 'Ada Lovelace', email: 'ada@example.org', telephone: '020 7946 0000' },
      state_dir: './state',
      environments: [
        environment('integration', 'X26ABC1'),
        environment('second', 'X26ABC2'),
        environment('third', 'X26ABC1'),
        environment('apart', 'X26ABC4', 'apart.pem'),
      ],
    }),
  );
  const typed = (...words: string[]) =>
    type([...words.slice(0, -1), '--config', config, '--environment', words.at(-1)!], {
      env: { PASSPHRASE: renewal.passphrase },
    });
  const resolve = (name: string, outcome = '--sent') => typed('renewals', 'resolve', outcome, name);
  const check = async (name: string) => {
    const { stdout } = await typed('check', '--offline', '--format', 'json', name);
    return JSON.parse(stdout).environments[0];
  };
  return { renewal, resolve, check };
}

describe('renewals resolve, where environments share a certificate', () => {
  test.each(['integration', 'second', 'third'])('settles the one renewal for %s', async (name) => {
    const { renewal, resolve } = await setUp();
    const { code, stdout } = await resolve(name);
    const shared = name === 'integration' ? '' : 'integration uses the same certificate, and one request covers both: ';
    expect(code).toBe(0);
    expect(stdout).toBe(`${name}: requested; ${shared}somebody confirmed that the request was forwarded to the desk\n`);
    expect(renewal.record()).toMatchObject({ state: 'requested', delivery: 'sent' });
    expect((await resolve(name, '--not-sent')).stderr).toContain('the request for integration');
  });

  test('not that of another certificate', async () => {
    const { renewal, resolve } = await setUp();
    const { code, stderr } = await resolve('apart');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^error: no renewal of apart is open\n$/m)]);
    expect(renewal.record()).toMatchObject({ delivery: 'drafted' });
  });

  test('and what is printed names the environment whose renewal it is', async () => {
    const { check } = await setUp();
    for (const name of ['integration', 'second']) {
      const { diagnosis, findings } = await check(name);
      expect(diagnosis.command).toMatch(/^mesh-cert-monitor renewals resolve .* --environment integration --sent$/);
      expect(findings).toContainEqual(
        expect.objectContaining({ code: 'renewal_due', remedy: expect.stringContaining(diagnosis.command) }),
      );
    }
  });
});
