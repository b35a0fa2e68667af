/** What the next deployment gets, judged beside what is deployed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/index.ts';
import type { CredentialParts, ResolvedEnvironment } from '../../src/config/types.ts';
import { examine } from '../../src/examine/index.ts';
import { newMemory, rememberExamination, statusFrom } from '../../src/monitor/environment-memory.ts';
import { samples } from '../support/config/samples.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { leaf, type Made, type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { inline } from '../support/sources.ts';

const passphrase = 'planted-passphrase';
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
let pki: NhsLikePki;
let [longer, shorter]: Made[] = [];
let folder: string;
beforeAll(async () => {
  pki = await nhsLikePki();
  const named = { issuer: pki.sub, cn: 'x26abc1.x26.api.mesh-client.nhs.uk' };
  [longer, shorter] = [
    await leaf({ ...named, notBefore: days(-1), notAfter: days(1000) }),
    await leaf({ ...named, notBefore: days(-1), notAfter: days(50) }),
  ];
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-next-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, certificate: Made, key = certificate): CredentialParts {
  const file = (part: string) => ({ kind: 'file', path: join(folder, `${name}-${part}.pem`) }) as const;
  writeFileSync(file('client').path, certificate.pem);
  writeFileSync(file('key').path, key.encryptedKeyPem(passphrase), { mode: 0o600 });
  writeFileSync(file('bundle').path, pki.bundlePem);
  return {
    kind: 'pem',
    certificate: file('client'),
    privateKey: file('key'),
    passphrase: inline(passphrase),
    caBundle: file('bundle'),
  };
}

const environment = (next?: CredentialParts): ResolvedEnvironment =>
  sampleEnvironment({ credential: { ...put('deployed', pki.client), ...(next && { next }) } });
const about = (examination: Awaited<ReturnType<typeof examine>>) =>
  examination!.assessment.findings.filter(({ code }) => code.startsWith('next_'));
const look = (of: ResolvedEnvironment, last?: Awaited<ReturnType<typeof examine>>) => examine(of, last, {}, now);

test('next: the same certificate is nothing to speak of', async () => {
  const examination = await look(environment(put('next', pki.client)));
  expect(about(examination)).toEqual([]);
  expect(examination?.next?.assessment.valid).toBe(true);
});

test('next: a certificate that lasts longer waits for the deployment', async () => {
  const examination = await look(environment(put('next', longer!)));
  expect(about(examination)).toMatchObject([
    { code: 'next_certificate_waiting', severity: 'info', subject: join(folder, 'next-client.pem') },
  ]);
});

test('next: an older certificate is a warning', async () => {
  const examination = await look(environment(put('next', shorter!)));
  expect(about(examination)).toMatchObject([{ code: 'next_certificate_older', severity: 'warning' }]);
});

test('next: what MESH would refuse is a warning, and nothing against what is deployed', async () => {
  const without = await look(environment());
  const examination = await look(environment(put('next', longer!, shorter!)));
  const [finding] = about(examination);
  expect(finding).toMatchObject({ code: 'next_certificate_invalid', severity: 'warning' });
  expect(finding?.message).toMatch(/^The next deployment would be refused by MESH\. .*next-client\.pem: /);
  expect(examination?.assessment).toMatchObject({ valid: true, checks: without!.assessment.checks });
  expect(examination?.next?.assessment.checks.key_match).toBe(false);
});

test('next: one that cannot be read is a warning too', async () => {
  const next = { ...put('next', longer!), certificate: { kind: 'file', path: join(folder, 'nothing') } } as const;
  expect(about(await look(environment(next as CredentialParts)))).toMatchObject([{ code: 'next_certificate_invalid' }]);
});

test('next: a store that does not answer is a warning', async () => {
  const nowhere = { kind: 'kubernetes_secret', name: 'x', key: 'y', namespace: 'z', store: {} } as const;
  const next = { ...put('next', longer!), certificate: nowhere } as CredentialParts;
  const findings = (await look(environment(next)))!.assessment.findings;
  expect(findings.filter(({ code }) => code === 'store_unavailable')).toMatchObject([{ severity: 'warning' }]);
  expect(findings.map(({ code }) => code)).not.toContain('next_certificate_invalid');
});

test('next: what was said goes when the deployment has happened, and when it is no longer configured', async () => {
  const first = await look(environment(put('next', longer!)));
  put('deployed', longer!);
  const deployed = environment(put('next', longer!));
  put('deployed', longer!);
  const second = await look(deployed, first);
  expect(about(second)).toEqual([]);
  const third = await look(environment(put('next', shorter!)), second);
  expect(about(third)).toHaveLength(1);
  expect(about(await look(environment(), third))).toEqual([]);
});

test('next: an unchanged one is not judged again', async () => {
  const here = environment(put('next', longer!));
  const first = await look(here);
  const second = await look(here, first);
  expect(second?.next?.credential).toBe(first?.next?.credential);
  expect(second?.credential).toBe(first?.credential);
  expect(about(second)).toEqual(about(first));
});

test('next: the status of the environment has its assessment', async () => {
  const here = environment(put('next', longer!));
  const memory = rememberExamination(newMemory(here), await look(here), now, now);
  expect(statusFrom(memory, now).next?.valid).toBe(true);
  expect(statusFrom(newMemory(environment()), now).next).toBeUndefined();
});

test('next: what it leaves out is taken from the deployed credential', () => {
  const sample = samples('good').find(({ name }) => name === 'next.yaml')!;
  const [parts, keystore] = parseConfiguration(sample.text, '/etc/mesh.yaml').environments;
  expect(parts?.credential?.next).toEqual({
    kind: 'pem',
    certificate: { kind: 'aws_ssm', name: '/mesh/MESH_CLIENT_CERT', store: {} },
    privateKey: { kind: 'env', name: 'MESH_CLIENT_KEY' },
    passphrase: { kind: 'env', name: 'MESH_CLIENT_KEY_PASSPHRASE' },
    caBundle: { kind: 'env', name: 'MESH_CA_CERT' },
  });
  // Key Vault hands keystores out without a passphrase.
  expect(keystore?.credential?.next).toEqual({
    kind: 'keystore',
    keystore: { kind: 'azure_certificate', name: 'mesh', vault: 'https://mesh.vault.azure.net', store: {} },
    alias: 'mesh',
  });
});
