/** What two environments name alike: nobody's credential is overwritten by the answer to another's request. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CredentialSources, ResolvedEnvironment } from '../../../src/config/types.ts';
import { createNhsLikePki } from '../../support/pki.ts';
import { answer, type PendingRenewal, pendingRenewal } from '../../support/renewal/pending.ts';

type Pem = Extract<CredentialSources, { kind: 'pem' }>;

/** Another environment beside it, with the same places unless they are changed. */
function beside(
  { environment }: PendingRenewal,
  places: Partial<Pem> = {},
  changes: Partial<ResolvedEnvironment> = {},
): ResolvedEnvironment {
  const credential = { ...(environment.credential as Pem), ...places };
  return { ...environment, name: 'other', mesh: { ...environment.mesh, mailboxId: 'X26ABC2' }, credential, ...changes };
}

const fileIn = ({ folder }: PendingRenewal, name: string) => ({ kind: 'file', path: join(folder, name) }) as const;

async function install(renewal: PendingRenewal, other: ResolvedEnvironment) {
  const { pem } = await answer(renewal);
  const environments = [other, renewal.environment];
  return { pem, result: await renewal.follow(pem, { environments, install: true }) };
}

describe('is refused, and nothing changes, where another environment', () => {
  test.each([
    ['has the certificate there', (renewal: PendingRenewal) => ({ privateKey: fileIn(renewal, 'other.key') })],
    ['has the key there', (renewal: PendingRenewal) => ({ certificate: fileIn(renewal, 'other.pem') })],
    [
      'has its bundle where this one has its certificate',
      (renewal: PendingRenewal) => ({
        privateKey: fileIn(renewal, 'other.key'),
        certificate: fileIn(renewal, 'other.pem'),
        caBundle: fileIn(renewal, 'client.pem'),
      }),
    ],
    [
      'has its key where this one has its bundle',
      (renewal: PendingRenewal) => ({
        privateKey: fileIn(renewal, 'ca_bundle.pem'),
        certificate: fileIn(renewal, 'other.pem'),
      }),
    ],
  ])('%s', async (_what, places) => {
    const renewal = await pendingRenewal();
    const before = await renewal.deployed();
    const { result } = await install(renewal, beside(renewal, places(renewal)));
    const conflict = expect.stringMatching(
      /^\/.*\.pem is also configured for other\. .* give integration places of its own .* with --install$/,
    );
    expect(result).toMatchObject({ accepted: true, conflict, install: { refused: conflict } });
    expect(await renewal.deployed()).toEqual(before);
    expect(renewal.record().state).toBe('issued');
  });

  test('reaches it through a link', async () => {
    const renewal = await pendingRenewal();
    await symlink(renewal.folder, join(renewal.folder, 'linked'));
    const before = await renewal.deployed();
    const places = { privateKey: fileIn(renewal, 'other.key'), certificate: fileIn(renewal, 'linked/client.pem') };
    expect((await install(renewal, beside(renewal, places))).result).toHaveProperty('install.refused');
    expect(await renewal.deployed()).toEqual(before);
  });

  test('keeps the key of its own request there', async () => {
    const place = { kind: 'vault', path: 'kv/mesh', key: 'private_key', store: {} } as never;
    const renewal = await pendingRenewal({ credential: { privateKey: place } });
    const other = beside(renewal, { privateKey: fileIn(renewal, 'b.key'), certificate: fileIn(renewal, 'b.pem') });
    const keeping = { ...other, renewal: { ...other.renewal, pendingKey: place } };
    const { result } = await install(renewal, keeping);
    expect(result).toMatchObject({ install: { refused: expect.stringMatching(/^Vault secret kv\/mesh/) } });
  });

  test('shares the whole credential, but another certificate is there than the one that is renewed', async () => {
    const renewal = await pendingRenewal();
    const { client } = await createNhsLikePki({ commonName: 'x26abc2.x26.api.mesh-client.nhs.uk' });
    await writeFile(join(renewal.folder, 'client.pem'), client.pem);
    const before = await renewal.deployed();
    const { result } = await install(renewal, beside(renewal));
    expect(result).toMatchObject({
      install: { refused: expect.stringContaining('not the certificate that this one') },
    });
    expect(await renewal.deployed()).toEqual(before);
  });

  test('shares the whole credential, but no certificate works in both', async () => {
    const renewal = await pendingRenewal();
    const { result } = await install(renewal, beside(renewal, {}, { preset: 'production' }));
    expect(result).toMatchObject({ install: { refused: expect.stringContaining('no certificate works in both') } });
  });

  test('shares the whole credential, and only its key is there so far', async () => {
    const renewal = await pendingRenewal();
    await rm(join(renewal.folder, 'client.pem'));
    const key = await readFile(join(renewal.folder, 'private_key.pem'), 'utf8');
    expect((await install(renewal, beside(renewal))).result).toHaveProperty('install.refused');
    expect(await readFile(join(renewal.folder, 'private_key.pem'), 'utf8')).toBe(key);
  });
});

test('without --install nothing is said about copying, and the instructions say why', async () => {
  const renewal = await pendingRenewal();
  const other = beside(renewal, { privateKey: fileIn(renewal, 'other.key') });
  const result = await renewal.follow((await answer(renewal)).pem, { environments: [other, renewal.environment] });
  if (!result.accepted) throw new Error('refused');
  expect(result.instructions).toContain('1. ');
  expect(result.instructions).toContain('is also configured for other');
  expect(result.instructions).not.toMatch(/^ +cp /m);
});

describe('is installed', () => {
  test('for both, where they share one certificate, and twice', async () => {
    const renewal = await pendingRenewal();
    const other = beside(renewal);
    const { pem, result } = await install(renewal, other);
    const notes = [expect.stringContaining('this replaces them for other too')];
    expect(result).toMatchObject({ accepted: true, notes, install: { installed: [{}, {}] } });
    expect((await renewal.deployed()).certificate).toBe(pem);
    const again = await renewal.follow(pem, { environments: [other, renewal.environment], install: true });
    expect(again).toMatchObject({ accepted: true, install: { installed: [] } });
  });

  test('where nothing is there yet', async () => {
    const renewal = await pendingRenewal();
    await rm(join(renewal.folder, 'client.pem'));
    await rm(join(renewal.folder, 'private_key.pem'));
    const { pem, result } = await install(renewal, beside(renewal));
    expect(result).toMatchObject({ install: { installed: [{}, {}] } });
    expect((await renewal.deployed()).certificate).toBe(pem);
  });

  test('where only the bundle is shared', async () => {
    const renewal = await pendingRenewal();
    await mkdir(join(renewal.folder, 'other'));
    const places = { privateKey: fileIn(renewal, 'other/key.pem'), certificate: fileIn(renewal, 'other/client.pem') };
    const { result } = await install(renewal, beside(renewal, places));
    expect(result).toMatchObject({ notes: [], install: { installed: [{}, {}] } });
  });
});
