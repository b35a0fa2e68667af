import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCredential } from '../../../src/credential/read.ts';
import { installAccepted } from '../../../src/renewal/issued/install.ts';
import type { Accepted } from '../../../src/renewal/issued/prepare.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { nhsLikePki } from '../../support/pki.ts';
import { answer, pendingRenewal } from '../../support/renewal/pending.ts';

describe('installing', () => {
  test('replaces key, certificate and bundle with their modes, and keeps the previous ones', async () => {
    const { root, sub } = await nhsLikePki();
    const renewal = await pendingRenewal({ bundlePem: sub.pem + root.pem });
    const before = await renewal.deployed();
    const { pem } = await answer(renewal);
    const result = await renewal.follow(pem, { install: true });
    const installed =
      result.accepted && result.install && 'installed' in result.install ? result.install.installed : [];
    expect(installed).toHaveLength(3);
    const after = await renewal.deployed();
    expect(after).toEqual({
      certificate: pem,
      privateKey: await readFile(renewal.keyFile!, 'utf8'),
      caBundle: renewal.pki.bundlePem,
    });
    const previous = await Promise.all(installed.map(({ previous: file }) => readFile(file!, 'utf8')));
    expect(previous.sort()).toEqual(Object.values(before).sort());
    for (const { path, previous: file } of installed) expect((await stat(path)).mode).toBe((await stat(file!)).mode);

    const credential = await readCredential(renewal.environment.credential!, {});
    expect(new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      credential.certificate?.fingerprintSha256,
    );
    expect((await readdir(renewal.folder)).filter((name) => /\.(new|back|tmp)/.test(name))).toEqual([]);
  });

  test('twice changes nothing the second time, so that the previous files stay the previous ones', async () => {
    const renewal = await pendingRenewal();
    const { pem } = await answer(renewal);
    await renewal.follow(pem, { install: true });
    const files = await readdir(renewal.folder);
    const again = await renewal.follow(pem, { install: true, now: new Date(renewal.now.getTime() + 5000) });
    expect(again.accepted && again.install).toEqual({ installed: [], stores: [] });
    expect(await readdir(renewal.folder)).toEqual(files);
  });

  test('puts nothing in place when one file cannot be prepared, and leaves nothing behind', async () => {
    const { root, sub } = await nhsLikePki();
    const renewal = await pendingRenewal({ bundlePem: sub.pem + root.pem });
    const { pem } = await answer(renewal);
    const before = await renewal.deployed();
    const stamp = renewal.now
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replace(/[-:]/g, '');
    await writeFile(join(renewal.folder, `ca_bundle.pem.previous-${stamp}`), 'in the way');
    const files = await readdir(renewal.folder);
    const result = await renewal.follow(pem, { install: true });
    expect(result).toMatchObject({ accepted: true, install: { refused: expect.stringContaining('EEXIST') } });
    expect(await renewal.deployed()).toEqual(before);
    expect(await readdir(renewal.folder)).toEqual(files);
  });

  test.each([
    [
      'a variable',
      { certificate: { kind: 'env', name: 'CERT' } },
      { CERT: '' },
      /credential\.certificate is not a file/,
    ],
    ['another passphrase', { passphrase: { kind: 'env', name: 'OLD' } }, { OLD: 'x' }, /a different passphrase/],
  ] as const)('is refused for %s, and nothing changes', async (what, credential, env, reason) => {
    const renewal = await pendingRenewal();
    const { pem } = await answer(renewal);
    const before = await renewal.deployed();
    const changed = { ...renewal.environment.credential!, ...credential } as never;
    const environment = {
      ...renewal.environment,
      credential: changed,
      renewal: {
        ...renewal.environment.renewal,
        passphrase: { kind: 'inline', value: new Secret(renewal.passphrase) } as const,
      },
    };
    const values = what === 'a variable' ? { CERT: renewal.pki.client.pem } : env;
    const result = await renewal.follow(pem, { environment, install: true, env: values });
    expect(result).toMatchObject({ accepted: true, install: { refused: expect.stringMatching(reason) } });
    expect(await renewal.deployed()).toEqual(before);
  });

  test('is refused where one file holds both certificate and key, and nothing changes', async () => {
    const renewal = await pendingRenewal();
    const before = await renewal.deployed();
    const both = join(renewal.folder, 'client.pem');
    await writeFile(both, before.certificate + before.privateKey);
    const credential = { ...renewal.environment.credential!, privateKey: { kind: 'file', path: both } } as never;
    const environment = { ...renewal.environment, credential };
    const result = await renewal.follow((await answer(renewal)).pem, { environment, install: true });
    expect(result).toMatchObject({
      accepted: true,
      install: { refused: expect.stringContaining('more than one item') },
    });
    expect(await readFile(both, 'utf8')).toBe(before.certificate + before.privateKey);
  });

  test('is refused where two places are links to one file, and nothing changes', async () => {
    const renewal = await pendingRenewal();
    const accepted = await renewal.follow((await answer(renewal)).pem);
    const [file, link] = [join(renewal.folder, 'one.pem'), join(renewal.folder, 'link.pem')];
    await writeFile(file, renewal.pki.client.pem);
    await symlink(file, link);
    const credential = {
      ...renewal.environment.credential!,
      certificate: { kind: 'file', path: link },
      caBundle: { kind: 'file', path: file },
    } as never;
    const environment = { ...renewal.environment, credential };
    const result = await installAccepted(environment, accepted as Accepted, false, {}, renewal.now);
    expect(result).toEqual({ refused: 'certificate, key and bundle must be in separate places' });
    expect(await readFile(file, 'utf8')).toBe(renewal.pki.client.pem);
  });
});
