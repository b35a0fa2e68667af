import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { keyIsGoneFrom } from '../../src/renewal/request/pending-key.ts';
import { resolveRenewal, retryNow } from '../../src/renewal/resolve.ts';
import type { StoreSource, VaultSettings } from '../../src/sources/types.ts';
import { hourMs } from '../../src/time/duration.ts';
import { crashNow, passphrase } from '../support/renewal/due.ts';
import { codesOf, subject, type World, world } from '../support/renewal/world.ts';
import { inline } from '../support/sources.ts';
import { startVault, type VaultStandIn } from '../support/stores/vault.ts';

let vault: VaultStandIn;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault?.stop());

let renewals: World;
let tests = 0;
beforeEach(() => {
  tests += 1;
  renewals = world('int');
  vault.secrets.clear();
  vault.capabilities.clear();
  vault.answer = undefined;
  vault.tokens.add('planted-given');
});
afterEach(() => renewals.close());

const local = (text: string) => inline(text) as VaultSettings['ca'] & object;
const place = (path = 'kv/pending'): StoreSource => ({
  kind: 'vault',
  path,
  key: 'key',
  store: {
    address: vault.address,
    namespace: `pending-${tests}`,
    ca: local(vault.rootPem),
    auth: { kind: 'token', token: local('planted-given') },
  },
});
function kept(name = 'int', certificate?: string) {
  const input = subject(name, certificate === undefined ? {} : { certificate });
  const renewal = { ...input.environment.renewal, mode: 'send' as const, pendingKey: place() };
  return { ...input, environment: { ...input.environment, renewal } };
}
const inStore = () => (vault.secrets.get('kv/pending')?.data as { key: string } | undefined)?.key ?? '';
const spkiOf = (pem: string) =>
  createHash('sha256')
    .update(createPublicKey(createPrivateKey({ key: pem, passphrase })).export({ type: 'spki', format: 'der' }))
    .digest('hex');
const record = () => renewals.records()[0]!;
const onDisk = () =>
  readdirSync(renewals.stateDir, { recursive: true, withFileTypes: true }).flatMap((each) =>
    each.isFile() ? [readFileSync(join(each.parentPath, each.name), 'latin1')] : [],
  );

test('pending key: it goes to the store, encrypted, and not to the disk', async () => {
  vault.secrets.set('kv/pending', { version: 4, data: { other: 'stays' } });
  await renewals.step(kept());
  expect(record()).toMatchObject({ state: 'requested', keyPlace: 'Vault secret kv/pending (key key)' });
  expect(record().keyFile).toBeUndefined();
  expect(inStore()).toContain('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  expect(spkiOf(inStore())).toBe(record().spkiSha256);
  expect(vault.secrets.get('kv/pending')?.data).toMatchObject({ other: 'stays' });
  for (const content of onDisk()) expect(content).not.toContain('PRIVATE KEY');
  for (const each of vault.seen) expect(each).not.toContain('planted');
});

test('pending key: an attempt that failed is repeated with the same key, which is written once', async () => {
  renewals.answers.push({ outcome: 'failed', retry: true });
  await renewals.step(kept());
  const before = [record().spkiSha256, vault.secrets.get('kv/pending')?.version];
  await renewals.step(kept(), new Date(crashNow.getTime() + hourMs));
  expect(record().state).toBe('requested');
  expect([record().spkiSha256, vault.secrets.get('kv/pending')?.version]).toEqual(before);
});

test('pending key: while the store does not say whether it has the key, no other one is made and nothing is sent', async () => {
  renewals.answers.push({ outcome: 'failed', retry: true });
  await renewals.step(kept());
  const before = inStore();
  vault.answer = { status: 403 };
  await renewals.step(kept(), new Date(crashNow.getTime() + hourMs));
  expect(record()).toMatchObject({
    state: 'due',
    lastError: expect.stringContaining('the private key of the request cannot be used') as string,
  });
  expect(renewals.requests()).toHaveLength(1);
  expect(inStore()).toBe(before);
});

test('pending key: without the permission to write it, nothing is sent, and the permission is named', async () => {
  vault.capabilities.set('kv/pending', ['read']);
  const step = await renewals.step(kept());
  expect(renewals.messages).toEqual([]);
  expect(codesOf(step)).toContain('renewal_email_failed');
  expect(record().lastError).toContain('the permission create on kv/data/pending is missing');
});

test('pending key: one that is gone from the store is reported while the desk has the request, and a person can ask again', async () => {
  await renewals.step(kept());
  const first = record();
  expect(codesOf(await renewals.step(kept()))).not.toContain('renewal_key_missing');
  vault.secrets.set('kv/pending', { version: 2, data: { key: 'planted-another' } });
  const retry = {
    fingerprintSha256: first.fingerprintSha256,
    asked: {},
    stateDir: renewals.stateDir,
    keyIsGone: keyIsGoneFrom(kept().environment, {}),
  };
  // What cannot be read may still be the key.
  expect((await retryNow(renewals.store, kept().environment, retry, crashNow))?.state).toBe('requested');
  vault.secrets.delete('kv/pending');
  expect((await retryNow(renewals.store, kept().environment, retry, crashNow))?.state).toBe('due');
  await renewals.step(kept());
  expect(record().spkiSha256).not.toBe(first.spkiSha256);
});

test('pending key: a finding says that it is gone', async () => {
  await renewals.step(kept());
  vault.secrets.delete('kv/pending');
  const { refreshSources } = await import('../../src/sources/index.ts');
  await refreshSources([[place()]], {});
  const step = await renewals.step(kept());
  expect(step.findings.find(({ code }) => code === 'renewal_key_missing')?.message).toContain(
    'There is no key at Vault secret kv/pending (key key)',
  );
});

test('pending key: it never takes the place of one that another request still needs', async () => {
  renewals.names = new Set(['int', 'other']);
  await renewals.step(kept());
  const before = inStore();
  await renewals.step(kept('other', 'another certificate'));
  expect(inStore()).toBe(before);
  const [, other] = renewals.records();
  expect(other).toMatchObject({
    state: 'due',
    lastError: expect.stringContaining('still has the private key of the request for int') as string,
  });
});

test('pending key: a request that was not sent after all is sent again with the same key', async () => {
  renewals.answers.push({ outcome: 'uncertain' });
  await renewals.step(kept());
  const { spkiSha256 } = record();
  resolveRenewal(renewals.store, kept().environment, renewals.names, 'not-sent', crashNow);
  await renewals.step(kept());
  expect(record()).toMatchObject({ state: 'requested', spkiSha256 });
});
