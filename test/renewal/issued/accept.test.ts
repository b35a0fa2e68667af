import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCredential } from '../../../src/credential/read.ts';
import { subjectOf } from '../../../src/renewal/claim.ts';
import type { AcceptResult } from '../../../src/renewal/issued/accept.ts';
import type { RenewalState, RequestKey } from '../../../src/renewal/types.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { dayMs } from '../../../src/time/duration.ts';
import { londonDay, shortLondonDay } from '../../../src/time/london.ts';
import { ca, issueClient, type KeyPair, keysFor, leaf, nhsLikePki, oids, signRequest } from '../../support/pki.ts';
import { answer, type PendingRenewal, pendingRenewal } from '../../support/renewal/pending.ts';
import { commonName } from '../../support/renewal/samples.ts';
import { needs } from '../../support/tools.ts';

/** The keys of the request, to be certified in some other way. */
const requestKeys = ({ keyFile, passphrase }: PendingRenewal): KeyPair => {
  const privateKey = createPrivateKey({ key: readFileSync(keyFile!), passphrase });
  return { kind: 'rsa-2048', privateKey, publicKey: createPublicKey(privateKey) };
};
const fingerprintOf = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
const reasonsOf = (result: AcceptResult) => (result.accepted ? [] : result.reasons);

describe('the certificate that was asked for', () => {
  test('is accepted, and laid out with its bundle and instructions; no deployed file changes', async () => {
    const renewal = await pendingRenewal();
    const before = await renewal.deployed();
    const { pem } = await answer(renewal);
    const result = await renewal.follow(pem);
    expect(reasonsOf(result)).toEqual([]);
    if (!result.accepted) return;

    const { files, path } = result;
    expect(await readFile(files.certificate, 'utf8')).toBe(pem);
    expect(await readFile(files.caBundle, 'utf8')).toBe(renewal.pki.bundlePem);
    expect(files.privateKey).toBe(renewal.keyFile);
    expect(path.map(({ subject }) => subject.commonName?.raw())).toEqual([
      commonName,
      'Test INT Authentication G2',
      'Test PTL Root Authority G2',
    ]);
    for (const file of [files.certificate, files.caBundle, files.instructions]) {
      expect(file.startsWith(renewal.stateDir)).toBe(true);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    const key = createPrivateKey({ key: await readFile(files.privateKey!), passphrase: renewal.passphrase });
    expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true);
    expect(await renewal.deployed()).toEqual(before);
  });

  test('of an environment whose mailbox was changed meanwhile: that is noted, and only of its own request', async () => {
    const renewal = await pendingRenewal();
    const { pem } = await answer(renewal);
    const subject = subjectOf(renewal.environment);
    const notesFor = async (mailboxId: string, changes = {}) => {
      renewal.store.note(renewal.record(), { ...subject, mailboxId });
      const { notes } = await renewal.follow(pem, changes);
      return notes.filter((note) => note.includes('mailbox'));
    };
    expect(await notesFor(subject.mailboxId)).toEqual([]);
    expect(await notesFor('X26OLD1')).toEqual([
      `it was requested for mailbox X26OLD1, and integration has ${subject.mailboxId} now: ask the desk whether it may be used for that one`,
    ]);
    const environment = { ...renewal.environment, name: 'other' };
    expect(await notesFor('X26OLD1', { environment, environments: [environment, renewal.environment] })).toEqual([]);
  });

  test('moves the renewal to issued, with its fingerprint, once', async () => {
    const renewal = await pendingRenewal();
    const { pem } = await answer(renewal);
    const first = await renewal.follow(pem);
    expect(renewal.record()).toMatchObject({
      state: 'issued',
      issuedFingerprintSha256: first.accepted && first.certificate.fingerprintSha256,
    });
    expect((await renewal.follow(pem)).accepted).toBe(true);
    expect(renewal.record().state).toBe('issued');
  });

  test.each(['requested', 'uncertain', 'failed', 'due'] as const)(
    'settles a renewal that stands at %s',
    async (state) => {
      const renewal = await pendingRenewal({ state });
      expect((await renewal.follow((await answer(renewal)).pem)).accepted).toBe(true);
      expect(renewal.record().state).toBe('issued');
    },
  );

  test('is found among its chain, in whatever order they come', async () => {
    const renewal = await pendingRenewal();
    const { pem } = await answer(renewal);
    const { root, sub } = renewal.pki;
    const result = await renewal.follow(root.pem + sub.pem + pem);
    expect(result.accepted && result.certificate.subject.commonName?.raw()).toBe(commonName);
  });

  test('brings the intermediate that the bundle lacks, and the new bundle has it', async () => {
    const { root, sub } = await nhsLikePki();
    const renewal = await pendingRenewal({ bundlePem: root.pem });
    const { pem } = await answer(renewal);
    expect(reasonsOf(await renewal.follow(pem))).toEqual([expect.stringContaining('Test INT Authentication G2')]);
    const result = await renewal.follow(pem + sub.pem);
    expect(result.accepted && (await readFile(result.files.caBundle, 'utf8'))).toBe(root.pem + sub.pem);
    // Alone in the file that was laid out, it still has the intermediate that came with it.
    const laidOut = result.accepted ? await readFile(result.files.certificate, 'utf8') : '';
    const again = await renewal.follow(laidOut);
    expect(reasonsOf(again)).toEqual([]);
    expect(again.accepted && (await readFile(again.files.caBundle, 'utf8'))).toBe(root.pem + sub.pem);
  });

  test.each([
    ['root-first', (root: string, sub: string) => root + sub],
    ['leaf-first', (root: string, sub: string) => sub + root],
  ] as const)('has its bundle written %s, however the deployed one stands', async (chainOrder, expected) => {
    const { root, sub } = await nhsLikePki();
    for (const bundlePem of [root.pem + sub.pem, sub.pem + root.pem]) {
      const renewal = await pendingRenewal({ bundlePem });
      const environment = { ...renewal.environment, chainOrder };
      const result = await renewal.follow((await answer(renewal)).pem, { environment });
      expect(result.accepted && (await readFile(result.files.caBundle, 'utf8'))).toBe(expected(root.pem, sub.pem));
    }
  });

  test('may write its common name in another case', async () => {
    const renewal = await pendingRenewal();
    const certificate = await leaf({
      subject: [{ O: ['nhs'] }, { OU: ['Devices'] }, { CN: [commonName.toUpperCase()] }],
      issuer: renewal.pki.sub,
      keys: requestKeys(renewal),
    });
    expect(reasonsOf(await renewal.follow(certificate.pem))).toEqual([]);
  });

  test('with the deployed key reused needs no new key file', async () => {
    const { environment } = await pendingRenewal();
    const { privateKey } = await readCredential(environment.credential!, {});
    const renewal = await pendingRenewal({ reuse: privateKey! });
    const result = await renewal.follow((await answer(renewal)).pem);
    expect(reasonsOf(result)).toEqual([]);
    expect(result.accepted && result.files.privateKey).toBeUndefined();
    expect(result.accepted && result.instructions).toContain('Private key: stays as it is');
  });

  test('is noted when its life is short, with the CA’s own end for the reason where that is it', async () => {
    const renewal = await pendingRenewal();
    const short = new Date(renewal.replaced.notAfter.getTime() + 10 * dayMs);
    expect((await renewal.follow((await answer(renewal, short)).pem)).notes).toEqual([
      expect.stringMatching(/valid for only \d+ days: three years is usual/),
    ]);
    const dying = await ca({ cn: 'Dying CA', issuer: renewal.pki.root, notAfter: short });
    const cut = await issueClient(
      { ...dying, notAfter: short },
      { commonName, publicKey: requestKeys(renewal).publicKey, notBefore: renewal.now },
    );
    const result = await renewal.follow(cut.pem + dying.pem, { now: new Date(renewal.now.getTime() + 1000) });
    expect(reasonsOf(result)).toEqual([]);
    expect(result.notes).toContainEqual(expect.stringContaining('shortened to end with Dying CA'));
  });
});

describe('a wrong certificate is refused with the exact reason, and nothing is written:', () => {
  const wrong: [string, (renewal: PendingRenewal) => Promise<string>, RegExp][] = [
    [
      'one for another key',
      async (renewal) => {
        const { publicKey } = await keysFor('rsa-2048', 'somebody else');
        return (await issueClient(renewal.pki.sub, { commonName, publicKey, notBefore: renewal.now })).pem;
      },
      /^it was not issued for the pending request: the SHA-256 of its public key is [0-9a-f]{64}, but the request's is [0-9a-f]{64}$/,
    ],
    [
      'one for another name',
      async (renewal) => {
        const { publicKey } = requestKeys(renewal);
        const other = 'other.x26.api.mesh-client.nhs.uk';
        const notBefore = new Date(renewal.now.getTime() - 1000);
        return (await issueClient(renewal.pki.sub, { commonName: other, publicKey, notBefore })).pem;
      },
      /^it has the common name "other\.x26\.api\.mesh-client\.nhs\.uk"; the request was for "x26abc1\.x26/,
    ],
    [
      'the one that is being replaced',
      async ({ pki }) => pki.client.pem,
      /^this is the certificate that is being replaced/,
    ],
    ['a CA certificate', async ({ pki }) => pki.sub.pem, /^this is a CA certificate/],
    [
      'one that ends with the old one',
      async (renewal) => (await answer(renewal, renewal.replaced.notAfter)).pem,
      /^it expires on .*, no later than the certificate that it replaces/,
    ],
    [
      'one of another PKI',
      async (renewal) => {
        const stranger = await ca({ cn: 'Stranger' });
        return (await leaf({ cn: commonName, issuer: stranger, keys: requestKeys(renewal) })).pem;
      },
      /Stranger/,
    ],
    [
      'one of another PKI, which sends its root along',
      async (renewal) => {
        const stranger = await ca({ cn: 'Stranger' });
        return (await leaf({ cn: commonName, issuer: stranger, keys: requestKeys(renewal) })).pem + stranger.pem;
      },
      /Stranger/,
    ],
    [
      'one that is not valid yet',
      async (renewal) => {
        const notBefore = new Date(renewal.now.getTime() + dayMs);
        return (await signRequest(renewal.pki.sub, renewal.csrPem, { notBefore })).pem;
      },
      /not.*valid/i,
    ],
    [
      'one for servers only',
      async (renewal) =>
        (
          await leaf({
            cn: commonName,
            issuer: renewal.pki.sub,
            keys: requestKeys(renewal),
            extendedKeyUsage: [oids.serverAuth],
          })
        ).pem,
      /client/i,
    ],
    [
      'one that may not sign',
      async (renewal) =>
        (
          await leaf({
            cn: commonName,
            issuer: renewal.pki.sub,
            keys: requestKeys(renewal),
            keyUsage: ['keyEncipherment'],
          })
        ).pem,
      /digitalSignature/,
    ],
    [
      'one whose signature is broken',
      async (renewal) =>
        (await leaf({ cn: commonName, issuer: renewal.pki.sub, keys: requestKeys(renewal), breakSignature: true })).pem,
      /did not sign/,
    ],
    ['the request itself', async ({ csrPem }) => csrPem, /it is the certificate signing request that was sent/],
  ];

  test.each(wrong)('%s', async (_what, make, reason) => {
    const renewal = await pendingRenewal();
    const result = await renewal.follow(await make(renewal), { install: true });
    expect(reasonsOf(result)).toContainEqual(expect.stringMatching(reason));
    expect(renewal.record().state).toBe('requested');
    expect(await readdir(join(renewal.keyFile!, '..'))).toEqual(['private_key.pem']);
    expect((await renewal.deployed()).certificate).toBe(renewal.pki.client.pem);
  });

  const nhs = {
    int: { cn: 'NHS INT Authentication G2', key: '16c74704a860c9e45dab99f294f7c3de3398d422' },
    live: { cn: 'NHS Authentication G2', key: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2' },
  };
  const issuedBy = (renewal: PendingRenewal, which: keyof typeof nhs) => {
    const { cn, key } = nhs[which];
    const keys = requestKeys(renewal);
    const issuer = { keys: renewal.pki.sub.keys, subject: [{ CN: [cn] }] };
    return leaf({ cn: commonName, issuer, authorityKeyIdentifier: key, keys });
  };

  test('one of the other NHS infrastructure, for that reason first, and for the desk to put right', async () => {
    const renewal = await pendingRenewal();
    const reasons = reasonsOf(await renewal.follow((await issuedBy(renewal, 'live')).pem + renewal.pki.root.pem));
    expect(reasons[0]).toMatch(
      /is a live certificate, issued by NHS Authentication G2, .* Ask the desk \(itoc\.\S+@nhs\.net\)/,
    );
    expect(reasons.join()).not.toMatch(/bundle --environment|Deploy the certificate|does not contain/);
  });

  test('one whose issuer the bundle lacks: the remedy is a command that runs as printed', async () => {
    const renewal = await pendingRenewal();
    const { pem } = await issuedBy(renewal, 'int');
    const bundle = join(renewal.folder, 'ca_bundle.pem');
    expect(reasonsOf(await renewal.follow(pem))).toContainEqual(
      expect.stringContaining(`Run \`mesh-cert-monitor bundle --environment integration --output ${bundle}\``),
    );
    const leafFirst = { ...renewal.environment, chainOrder: 'leaf-first' } as const;
    expect(reasonsOf(await renewal.follow(pem, { environment: leafFirst })).join()).toContain(
      `bundle --environment integration --order leaf-first --output ${bundle}`,
    );
  });

  test('one of a CA that nobody here knows: the desk is asked, with the root that it sent along or without', async () => {
    const renewal = await pendingRenewal();
    const stranger = await ca({ cn: 'Stranger' });
    const { pem } = await leaf({ cn: commonName, issuer: stranger, keys: requestKeys(renewal) });
    const [alone, with_] = [reasonsOf(await renewal.follow(pem)), reasonsOf(await renewal.follow(pem + stranger.pem))];
    expect(alone.join()).toMatch(/Ask the desk .* add them to the CA bundle \(.*ca_bundle\.pem\)/);
    const fingerprint = new X509Certificate(stranger.pem).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(with_.join()).toContain(
      `The file has “Stranger”, but a root that came by email is not trusted. Compare its SHA-256 fingerprint, ${fingerprint},`,
    );
    for (const reason of [...alone, ...with_]) expect(reason).not.toMatch(/NAME|BUNDLE\.pem/);
  });

  test('one of a new root, which came with the CA below it', async () => {
    const renewal = await pendingRenewal();
    const root = await ca({ cn: 'New Root' });
    const sub = await ca({ cn: 'New Sub', issuer: root });
    const { pem } = await leaf({ cn: commonName, issuer: sub, keys: requestKeys(renewal) });
    expect(reasonsOf(await renewal.follow(pem + sub.pem + root.pem)).join()).toContain('The file has “New Root”, but');
  });

  test('the right one, when the pending key is gone', async () => {
    const renewal = await pendingRenewal();
    await rm(renewal.keyFile!);
    expect(reasonsOf(await renewal.follow((await answer(renewal)).pem))).toEqual([
      expect.stringContaining(`the private key of the pending request cannot be used (${renewal.keyFile})`),
    ]);
  });

  test('the right one, when the passphrase no longer opens the pending key', async () => {
    const planted = 'planted-wrong-passphrase';
    const renewal = await pendingRenewal({ renewal: { passphrase: { kind: 'inline', value: new Secret(planted) } } });
    const result = await renewal.follow((await answer(renewal)).pem);
    expect(reasonsOf(result)).toEqual([expect.stringMatching(/cannot be used .*passphrase/i)]);
    expect(JSON.stringify(result)).not.toContain(planted);
  });

  describe('the right one, when the passphrase has changed since the request', () => {
    const source = (value: string) => ({ kind: 'inline', value: new Secret(value) }) as const;
    const changed = async () => {
      const renewal = await pendingRenewal({ credential: { passphrase: source('the new one') } });
      const { pem } = await answer(renewal);
      const [reason = ''] = reasonsOf(await renewal.follow(pem));
      return { renewal, pem, reason };
    };

    test('the refusal says with which one the key is encrypted, and names no secret', async () => {
      const { renewal, reason } = await changed();
      const day = shortLondonDay(renewal.now);
      expect(reason).toContain(`the passphrase that was configured when the request of ${day} was made`);
      expect(reason).toContain('Or set `renewal.passphrase` to the earlier one');
      expect(reason).not.toMatch(new RegExp(`the new one|${renewal.passphrase}`));
    });

    test('not said of a key that cannot be read for another reason', async () => {
      const { renewal, pem } = await changed();
      await writeFile(renewal.keyFile!, 'oops');
      expect(reasonsOf(await renewal.follow(pem)).join()).not.toContain('earlier one');
    });

    test('with `renewal.passphrase` as it was then, it is accepted', async () => {
      const { renewal, pem } = await changed();
      const { environment } = renewal;
      const set = { ...environment, renewal: { ...environment.renewal, passphrase: source(renewal.passphrase) } };
      const result = await renewal.follow(pem, { environment: set });
      expect(reasonsOf(result)).toEqual([]);
      const instructions = result.accepted && (await readFile(result.files.instructions, 'utf8'));
      expect(instructions).toContain('Give it to the application too');
    });

    test('with the key encrypted again by the command as it is printed, it is accepted and installed', {
      skip: !needs('openssl'),
    }, async () => {
      const { renewal, pem, reason } = await changed();
      const { ino } = await stat(renewal.keyFile!);
      const [, command = ''] = /`(openssl .*?)`/.exec(reason) ?? [];
      const answers = [renewal.passphrase, 'the new one', 'the new one'];
      execFileSync('setsid', ['-w', 'sh', '-c', command], { input: `${answers.join('\n')}\n`, stdio: 'pipe' });
      expect(await readdir(dirname(renewal.keyFile!))).toEqual(['private_key.pem']);
      expect(await stat(renewal.keyFile!)).toMatchObject({ ino, mode: 0o100600 });
      const result = await renewal.follow(pem, { install: true });
      expect(reasonsOf(result)).toEqual([]);
      expect(result).toMatchObject({ install: { installed: expect.anything() } });
      const { privateKey } = await renewal.deployed();
      const key = createPrivateKey({ key: privateKey, passphrase: 'the new one' });
      expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true);
    });
  });

  test('any, when no request is waiting', async () => {
    const renewal = await pendingRenewal({ state: 'deployed' });
    expect(reasonsOf(await renewal.follow((await leaf({ issuer: renewal.pki.sub })).pem))).toEqual([
      'no request for integration is waiting for a certificate',
    ]);
  });

  describe('one whose request has ended', () => {
    const ended = async (changes: Parameters<PendingRenewal['store']['note']>[1], from: RenewalState = 'requested') => {
      const renewal = await pendingRenewal({ state: from });
      const { pem } = await answer(renewal);
      end(renewal, renewal.record(), fingerprintOf(pem), renewal.now);
      renewal.store.note(renewal.record(), { ...subjectOf(renewal.environment), ...changes });
      return { renewal, pem, say: async (more = {}) => reasonsOf(await renewal.follow(pem, more)) };
    };
    const end = ({ store }: PendingRenewal, key: RequestKey, successor: string, at: Date) =>
      store.transition(key, {
        from: ['requested', 'failed'],
        to: 'deployed',
        at,
        reason: 'replaced',
        changes: { successorFingerprintSha256: successor, closedAt: at },
      });
    const another = { successorFingerprintSha256: 'ee'.repeat(32) };

    test('with another certificate: when, and how it can still be used', async () => {
      const { say } = await ended(another);
      expect(await say()).toEqual([
        expect.stringMatching(
          /^the request that it answers ended on \w+day .*, when another certificate was deployed for integration\. To use this one all the same, deploy the certificate from before that again,/,
        ),
      ]);
    });

    test('with another certificate before it was sent, which does not go on: only when', async () => {
      const { say } = await ended(another, 'failed');
      expect(await say()).toEqual([expect.stringMatching(/when another certificate was deployed for integration$/)]);
    });

    test('and that is deployed', async () => {
      const { renewal, pem, say } = await ended({});
      await writeFile(join(renewal.folder, 'client.pem'), pem);
      expect(await say()).toEqual([
        `it is deployed for integration already: its renewal ended on ${londonDay(renewal.now)}`,
      ]);
    });

    test('with it in another environment, and here the certificate from before is still deployed', async () => {
      const { renewal, say } = await ended({});
      const second = { ...renewal.environment, name: 'second' };
      expect(await say({ environment: second, environments: [renewal.environment, second] })).toEqual([
        'it answers the request of integration, and is deployed there. Put the same certificate, key and CA bundle in place for second too',
      ]);
    });

    test('of several with the same key, the one that ended with it', async () => {
      const deployed = await readCredential((await pendingRenewal()).environment.credential!, {});
      const renewal = await pendingRenewal({ reuse: deployed.privateKey! });
      const [earlier, later] = [await answer(renewal), await answer(renewal)].map(({ pem }) => pem);
      const { spkiSha256 } = renewal.record();
      end(renewal, renewal.record(), fingerprintOf(earlier!), new Date(renewal.now.getTime() - 1000 * dayMs));
      const key = { environment: 'integration', fingerprintSha256: fingerprintOf(earlier!) };
      renewal.store.begin({ ...key, commonName, serial: '02', notAfter: renewal.now }, renewal.now, 'found');
      const changes = { spkiSha256: spkiSha256!, requestedAt: renewal.now };
      renewal.store.transition(key, { from: ['not_due'], to: 'requested', at: renewal.now, reason: 'sent', changes });
      end(renewal, key, fingerprintOf(later!), renewal.now);
      expect(reasonsOf(await renewal.follow(later!))).toEqual([
        `the request that it answers ended on ${londonDay(renewal.now)}, when it was deployed`,
      ]);
    });
  });

  test('any, while the request is being sent', async () => {
    const renewal = await pendingRenewal({ state: 'sending' });
    expect((await renewal.follow((await answer(renewal)).pem)).accepted).toBe(false);
    expect(renewal.record().state).toBe('sending');
  });
});
