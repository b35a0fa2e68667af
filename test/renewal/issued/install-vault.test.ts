/** A request and its certificate with a real Vault, with the policies that `permissions` prints. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readCredential } from '../../../src/credential/read.ts';
import { policiesFor } from '../../../src/sources/index.ts';
import type { StoreSource, VaultSettings } from '../../../src/sources/types.ts';
import { crashNow, passphrase } from '../../support/renewal/due.ts';
import { answer, pendingRenewal } from '../../support/renewal/pending.ts';
import { subject, world } from '../../support/renewal/world.ts';
import { inline } from '../../support/sources.ts';
import { goBackIn, type RealVault, startRealVault, vaultServer } from '../../support/stores/real-vault.ts';

describe.skipIf(!vaultServer)('renewing with a real Vault', () => {
  let vault: RealVault;
  beforeAll(async () => {
    vault = await startRealVault();
  });
  afterAll(() => vault?.stop());

  const local = (text: string) => inline(text) as VaultSettings['ca'] & object;
  const at = (token: string, key: string, path = 'kv/mesh'): StoreSource => ({
    kind: 'vault',
    path,
    key,
    store: { address: vault.address, ca: local(vault.rootPem), auth: { kind: 'token', token: local(token) } },
  });
  const tokenFor = async (read: readonly StoreSource[], written: readonly StoreSource[] = []) =>
    vault.token(await vault.policy(String(policiesFor(read, written)[0]!.value)));
  const valuesAt = async (path: string) => (await vault.must('GET', `kv/data/${path}`)).data;

  test('accept --install writes certificate and key as one version, and its command brings back what was there', async () => {
    const renewal = await pendingRenewal();
    const { certificate, privateKey } = await renewal.deployed();
    await vault.must('POST', 'kv/data/mesh', { data: { crt: certificate, key: privateKey, other: 'stays' } });
    const [crt, key] = ['crt', 'key'].map((each) => at('nobody', each)) as [StoreSource, StoreSource];
    const [service, person] = [await tokenFor([crt, key]), await tokenFor([crt, key], [crt, key])];
    const by = (token: string) => {
      const parts = { certificate: at(token, 'crt'), privateKey: at(token, 'key') };
      return { ...renewal.environment, credential: { ...renewal.environment.credential!, ...parts } };
    };
    const { pem } = await answer(renewal);
    const refused = await renewal.follow(pem, {
      environment: by(service) as typeof renewal.environment,
      install: true,
    });
    expect(refused).toMatchObject({
      install: { refused: expect.stringContaining('the permission patch on kv/data/mesh is missing') as string },
    });
    const environment = by(person) as typeof renewal.environment;
    const result = await renewal.follow(pem, { environment, install: true });
    expect(result).toMatchObject({ accepted: true, install: { stores: [{ version: '2' }, { version: '2' }] } });
    const { data } = await valuesAt('mesh');
    expect(data).toMatchObject({ crt: pem, other: 'stays' });
    expect(
      new X509Certificate(pem).checkPrivateKey(createPrivateKey({ key: data.key, passphrase: renewal.passphrase })),
    ).toBe(true);
    expect((await readCredential(environment.credential!, {})).problems).toEqual([]);
    const { goBack } = (result as unknown as { install: { goBack: string } }).install;
    await goBackIn(vault, goBack.split(' &&\n')[0]!, at(person, 'crt'));
    expect((await valuesAt('mesh')).data).toEqual({ crt: certificate, key: privateKey, other: 'stays' });
  });

  test('the key of a request waits in Vault, with the policy of the service, also where one was deleted before', async () => {
    const pendingKey = at(
      await tokenFor([at('nobody', 'key', 'kv/pending')], [at('nobody', 'key', 'kv/pending')]),
      'key',
      'kv/pending',
    );
    for (const version of [1, 3]) {
      const renewals = world('int');
      onTestFinished(() => renewals.close());
      const input = subject('int', {});
      const renewal = { ...input.environment.renewal, mode: 'send' as const, pendingKey };
      await renewals.step({ ...input, environment: { ...input.environment, renewal } }, crashNow);
      expect(renewals.records()).toMatchObject([{ state: 'requested', keyPlace: 'Vault secret kv/pending (key key)' }]);
      const { data, metadata } = await valuesAt('pending');
      expect(data.key).toContain('-----BEGIN ENCRYPTED PRIVATE KEY-----');
      expect(createPrivateKey({ key: data.key, passphrase }).asymmetricKeyType).toBe('rsa');
      expect(metadata.version).toBe(version);
      for (const each of readdirSync(renewals.stateDir, { recursive: true, withFileTypes: true }))
        if (each.isFile())
          expect(readFileSync(join(each.parentPath, each.name), 'latin1')).not.toContain('PRIVATE KEY');
      await vault.must('POST', 'kv/data/pending', { data: {} });
      await vault.must('DELETE', 'kv/data/pending');
    }
  });
});
