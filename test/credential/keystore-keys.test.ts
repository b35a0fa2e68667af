/** A keystore with more than one private key, as a renewal under another alias leaves it. Java does not say which it presents. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { Secret } from '../../src/sources/secret.ts';
import { assess } from '../../src/verify/assess.ts';
import { codes, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { ca, date, leaf, type Made } from '../support/pki.ts';
import { file, inline } from '../support/sources.ts';
import { needs } from '../support/tools.ts';

const password = 'correct horse';
let shop: Workshop;
let [root, sub, current, old, selfSigned] = [] as unknown as [Made, Made, Made, Made, Made];

beforeAll(async () => {
  shop = workshop();
  root = await ca({ cn: 'Root' });
  sub = await ca({ cn: 'Sub', issuer: root });
  current = await leaf({ issuer: sub, cn: 'current', notAfter: date('2029-06-01') });
  old = await leaf({ issuer: sub, cn: 'old', notAfter: date('2027-06-01') });
  selfSigned = await leaf({ cn: 'current', keys: current.keys, notAfter: date('2030-01-01') });
  for (const [name, made] of Object.entries({ current, old, selfSigned })) {
    shop.write(`${name}.pem`, made.pem);
    shop.write(`${name}.key`, made.keyPem);
  }
  shop.write('root.pem', root.pem);
  shop.write('sub.pem', sub.pem);
});
afterAll(() => shop.remove());

const pass = `pass:${password}`;
function pkcs12(out: string, name: string, ...flags: string[]) {
  const files = ['-in', `${name}.pem`, '-inkey', `${name}.key`, '-name', name];
  shop.openssl('pkcs12', '-export', ...files, ...flags, '-passout', pass, '-out', out);
}
function merge(type: 'PKCS12' | 'JKS', out: string, ...sources: string[]) {
  for (const source of sources) {
    const [from, to] = [
      ['-srckeystore', source, '-srcstoretype', 'PKCS12', '-srcstorepass', password],
      ['-destkeystore', out, '-deststoretype', type, '-deststorepass', password],
    ];
    shop.keytool('-importkeystore', ...from!, ...to!, '-noprompt');
  }
}
const open = (name: string, alias?: string) =>
  readKeystore(readFileSync(shop.path(name)), new Secret(password), { alias });

describe.skipIf(!needs('openssl') || !needs('keytool'))('a keystore with two private keys', () => {
  beforeAll(() => {
    pkcs12('current.p12', 'current');
    pkcs12('old.p12', 'old');
    merge('PKCS12', 'both.p12', 'current.p12', 'old.p12');
    merge('PKCS12', 'turned.p12', 'old.p12', 'current.p12');
    merge('JKS', 'both.jks', 'current.p12', 'old.p12');
  });

  test.each(['both.p12', 'turned.p12', 'both.jks'])(
    '%s: the one that expires first is checked, and both are named',
    async (store) => {
      const { certificate, key, problems, others } = await open(store);
      expect(certificate?.subject.commonName?.raw()).toBe('old');
      expect(Buffer.compare(certificate!.publicKey.spki, key!.publicKey.spki)).toBe(0);
      expect(problems).toMatchObject([{ code: 'keystore_has_several_keys' }]);
      expect(problems[0]?.message).toMatch(/2 private keys/);
      expect(problems[0]?.message).toMatch(/"current" \(CN=current, until 2029-06-01\)/);
      expect(problems[0]?.message).toMatch(/"old" \(CN=old, until 2027-06-01\)/);
      expect(others.map(({ subject }) => subject.commonName?.raw())).not.toContain('current');
    },
  );

  test.each(['both.p12', 'both.jks'])('%s: an alias chooses, in any case', async (store) => {
    const { certificate, problems } = await open(store, 'Current');
    expect(certificate?.subject.commonName?.raw()).toBe('current');
    expect(problems).toEqual([]);
  });

  test('an alias that is not there is critical, and says which there are', async () => {
    const credential = await read({
      keystore: file(shop.path('both.p12')),
      passphrase: inline(password),
      alias: 'new',
    });
    const critical = credential.problems.filter(({ severity }) => severity === 'critical');
    expect(critical).toMatchObject([{ code: 'keystore_alias_unknown' }]);
    expect(critical[0]?.message).toMatch(/it has "current" and "old"/);
    expect([credential.certificate, credential.privateKey]).toEqual([undefined, undefined]);
  });

  test('another alias is another content: what was read before does not stand', async () => {
    const inputs = { keystore: file(shop.path('both.p12')), passphrase: inline(password) };
    const first = await read({ ...inputs, alias: 'old' });
    expect((await read({ ...inputs, alias: 'current' })).contentHash).not.toBe(first.contentHash);
  });
});

describe.skipIf(!needs('openssl'))('certificate and key that stand in the wrong order', () => {
  test('a key’s own self-signed certificate is judged, though the issued one stands beside it', async () => {
    // As keytool leaves it when the reply was imported under another alias: localKeyId ties the self-signed one to the key.
    pkcs12('self.p12', 'selfSigned', '-certfile', 'current.pem');
    const { certificate, others } = await open('self.p12');
    expect(certificate?.selfIssued).toBe(true);
    expect(others.map(({ issuer }) => issuer.commonName?.raw())).toContain('Sub');
    shop.write('bundle.pem', root.pem + sub.pem);
    const credential = await read({
      keystore: file(shop.path('self.p12')),
      passphrase: inline(password),
      caBundle: file(shop.path('bundle.pem')),
    });
    const { findings } = assess(credential, policy, undefined, date('2027-01-01'));
    const [found] = findings.filter(({ code }) => code === 'chain_untrusted');
    expect(found?.message).toMatch(/also contains the certificate that “Sub” issued for this key/);
    expect(found?.remedy).toMatch(/keytool -importcert -alias/);
  });

  const policy = { chainOrder: 'root-first', thresholds: { warningMs: 2, criticalMs: 1 } } as const;
  const judge = async (certificates: string, keys: string) => {
    shop.write('client.pem', certificates);
    shop.write('key.pem', keys);
    const credential = await read({
      certificate: file(shop.path('client.pem')),
      privateKey: file(shop.path('key.pem')),
    });
    return assess(credential, policy, undefined, date('2027-01-01')).findings.find(
      ({ code }) => code === 'key_mismatch',
    );
  };

  test('the certificate of the key stands second: it must come first', async () => {
    const found = await judge(old.pem + current.pem, current.keyPem);
    expect(found?.message).toMatch(/Another certificate in .*client\.pem, CN=current .*must come first/);
    expect(found?.remedy).toMatch(/^Move what the message names to the top/);
  });

  test('the key of the certificate stands second: it must come first', async () => {
    const found = await judge(current.pem, old.keyPem + current.keyPem);
    expect(found?.message).toMatch(/Block 2 of .*key\.pem is the key of this certificate/);
  });

  test('nothing in the files fits: the usual advice', async () => {
    const found = await judge(current.pem, old.keyPem);
    expect(found?.message).not.toMatch(/must come first/);
    expect(codes({ problems: found ? [found] : [] })).toEqual(['key_mismatch']);
  });
});
