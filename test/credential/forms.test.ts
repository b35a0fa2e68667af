/** Shapes that PEM takes on its way: what a client cannot load must not pass for deployed, and what is something else is named. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/credential/certificates.ts';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { readPrivateKey } from '../../src/credential/private-key.ts';
import { Secret } from '../../src/sources/secret.ts';
import { codes, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { file, inline } from '../support/sources.ts';
import { needs } from '../support/tools.ts';

const passphrase = 'correct horse';
let pki: NhsLikePki;
let shop: Workshop;
beforeAll(async () => {
  pki = await nhsLikePki();
});
beforeEach(() => {
  shop = workshop();
});
afterEach(() => shop.remove());

interface Shape {
  readonly name: string;
  readonly of: (pem: string) => string | Uint8Array;
  /** What is said of the certificate and of the key. */
  readonly said: RegExp;
}

const shapes: readonly Shape[] = [
  { name: 'spaces for line ends', of: (pem) => pem.trim().replaceAll('\n', ' '), said: /not separated by line breaks/ },
  { name: 'no line ends', of: (pem) => pem.replaceAll('\n', ''), said: /not separated by line breaks/ },
  { name: 'carriage returns alone', of: (pem) => pem.replaceAll('\n', '\r'), said: /not separated by line breaks/ },
  { name: 'line ends written as \\n', of: (pem) => pem.replaceAll('\n', '\\n'), said: /line breaks written as \\n/ },
  { name: 'line ends escaped twice', of: (pem) => pem.replaceAll('\n', '\\\\n'), said: /line breaks written as \\n/ },
  { name: 'indented lines', of: (pem) => pem.replace(/^/gm, '    '), said: /indented/ },
  { name: 'base64 of the whole', of: (pem) => Buffer.from(pem).toString('base64'), said: /base64 text/ },
  { name: 'base64url of the whole', of: (pem) => Buffer.from(pem).toString('base64url'), said: /base64 text/ },
  {
    name: 'base64 of base64',
    of: (pem) => Buffer.from(Buffer.from(pem).toString('base64')).toString('base64'),
    said: /base64 text, containing base64 text/,
  },
  { name: 'UTF-16', of: (pem) => Buffer.from(`\ufeff${pem}`, 'utf16le'), said: /UTF-16/ },
  { name: 'quotation marks', of: (pem) => JSON.stringify(pem), said: /quotation marks/ },
  { name: 'blank lines inside', of: (pem) => pem.replace(/\n(?=[^-])/g, '\n\n'), said: /blank lines/ },
  { name: 'quoted mail', of: (pem) => pem.replace(/^(?=.)/gm, '> '), said: /lines that begin with >/ },
  {
    name: 'text behind the END line',
    of: (pem) => pem.replace(/(-----END [A-Z ]+-----)/, '$1 # until 2028'),
    said: /follows on its END line/,
  },
];

const openSslReads = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

describe.each(shapes)('a file with $name', ({ of, said }) => {
  const deploy = () => {
    shop.write('client.pem', of(pki.client.pem));
    shop.write('key.pem', of(pki.client.encryptedKeyPem(passphrase)));
    shop.write('ca.pem', of(pki.bundlePem));
    const source = (name: string) => file(shop.path(name));
    return {
      certificate: source('client.pem'),
      privateKey: source('key.pem'),
      passphrase: inline(passphrase),
      caBundle: source('ca.pem'),
    };
  };

  test('is read, and a warning says that no client reads it, and why', async () => {
    const { problems, certificate, privateKey, bundle } = await read(deploy());
    expect([certificate?.der, privateKey?.encrypted, bundle.length]).toEqual([new Uint8Array(pki.client.der), true, 2]);
    const parts = ['client.pem', 'key.pem', 'ca.pem'];
    expect(problems).toMatchObject(
      parts.map((name) => ({
        code: 'client_cannot_read_file',
        severity: 'warning',
        subject: shop.path(name),
        message: expect.stringMatching(said),
      })),
    );
  });

  test('is refused by OpenSSL too, so that the warning is right', () => {
    expect(openSslReads(() => new X509Certificate(Buffer.from(of(pki.client.pem))))).toBe(false);
    const key = Buffer.from(of(pki.client.encryptedKeyPem(passphrase)));
    expect(openSslReads(() => createPrivateKey({ key, passphrase }))).toBe(false);
  });
});

test('a bundle whose second certificate begins on the line on which the first ends: the second is not read by clients', async () => {
  shop.write('ca.pem', pki.bundlePem.replace('-----\n-----BEGIN', '----------BEGIN'));
  const { bundle, problems } = await read({ caBundle: file(shop.path('ca.pem')) });
  expect(bundle).toHaveLength(2);
  expect(problems).toMatchObject([
    {
      code: 'client_cannot_read_file',
      message: expect.stringMatching(/block 1 .*other text follows on its END line/),
    },
  ]);
});

test('plain PEM with text around it, CRLF, characters that cannot be seen, and DER with a line end behind it are what clients read', async () => {
  const unseen = [
    `\ufeff${pki.client.pem}`,
    pki.client.pem.replaceAll('\n', '\u00a0\n'),
    pki.client.pem.replaceAll('\n', '\u200b\n'),
  ];
  for (const content of [
    ...unseen,
    pki.client.pem,
    `Subject: a\n\n${pki.client.pem}`,
    pki.client.pem.replaceAll('\n', '\r\n'),
  ]) {
    shop.write('client.pem', content);
    expect((await read({ certificate: file(shop.path('client.pem')) })).problems).toEqual([]);
    expect(openSslReads(() => new X509Certificate(content))).toBe(true);
  }
  shop.write('client.pem', Buffer.concat([pki.client.der, Buffer.from('\r\n')]));
  expect((await read({ certificate: file(shop.path('client.pem')) })).problems).toEqual([]);
});

describe.skipIf(!needs('openssl'))('a key as `openssl rsa -aes128 -traditional` writes it, its line ends lost', () => {
  const traditional = (cipher: string) => {
    const key = pki.client.keyPem;
    const arguments_ = ['rsa', '-traditional', `-${cipher}`, '-passout', `pass:${passphrase}`];
    return execFileSync('openssl', arguments_, { input: key, stdio: 'pipe' }).toString();
  };
  test.each([
    ['aes128', 'turned into spaces', (pem: string) => pem.replaceAll('\n', ' ')],
    ['aes128', 'dropped', (pem: string) => pem.replaceAll('\n', '')],
    ['des3', 'turned into spaces', (pem: string) => pem.replaceAll('\n', ' ')],
    ['des3', 'dropped', (pem: string) => pem.replaceAll('\n', '')],
  ])('%s, %s', async (cipher, _how, lose) => {
    const key = await readPrivateKey(Buffer.from(lose(traditional(cipher))), new Secret(passphrase));
    const expected = createPublicKey(pki.client.keyPem).export({ type: 'spki', format: 'der' });
    expect(Buffer.from(key.publicKey.spki)).toEqual(expected);
  });
});

describe.skipIf(!needs('openssl'))('what is something else is named, with what to do', () => {
  const certificateProblem = async (bytes: Uint8Array) => (await readCertificates(Buffer.from(bytes))).problems.join();
  const keyProblem = (bytes: Uint8Array) =>
    readPrivateKey(Buffer.from(bytes), new Secret(passphrase)).then(
      () => 'read',
      (error: Error) => error.message,
    );
  const openssl = (...arguments_: string[]) =>
    execFileSync('openssl', arguments_, { cwd: shop.directory, stdio: 'pipe' });
  const make = () => {
    shop.write('client.pem', pki.client.pem);
    shop.write('key.pem', pki.client.keyPem);
    const pfx = ['pkcs12', '-export', '-in', 'client.pem', '-inkey', 'key.pem', '-passout', `pass:${passphrase}`];
    return {
      pfx: openssl(...pfx),
      request: openssl('req', '-new', '-key', 'key.pem', '-subj', '/CN=a', '-outform', 'DER'),
      pkcs7: openssl('crl2pkcs7', '-nocrl', '-certfile', 'client.pem', '-outform', 'DER'),
      key: openssl('pkey', '-in', 'key.pem', '-outform', 'DER'),
      publicKey: openssl('pkey', '-in', 'key.pem', '-pubout', '-outform', 'DER'),
    };
  };

  test('where a certificate belongs', async () => {
    const { pfx, request, key, publicKey } = make();
    expect(await certificateProblem(pfx)).toMatch(/^it is a PKCS#12 keystore: .*openssl pkcs12 -in FILE -clcerts/);
    expect(await certificateProblem(request)).toMatch(/^it is the certificate signing request/);
    expect(await certificateProblem(key)).toBe('it is a private key, not a certificate');
    expect(await certificateProblem(publicKey)).toBe('it is a public key, not a certificate');
    expect(await certificateProblem(Buffer.from('cececece00000002', 'hex'))).toMatch(/JCEKS.*-srcstoretype JCEKS/);
    expect(await certificateProblem(Buffer.from('d0cf11e0a1b11ae100', 'hex'))).toMatch(/Outlook message/);
    expect(await certificateProblem(gzipSync('x'))).toMatch(/a gzip archive: unpack it/);
    expect(await certificateProblem(Buffer.from('377abcaf271c0004', 'hex'))).toMatch(/a 7-Zip archive: unpack it/);
    expect(await certificateProblem(Buffer.from('526172211a0700', 'hex'))).toMatch(/a RAR archive: unpack it/);
    expect(await certificateProblem(Buffer.from(pki.client.pem.replaceAll('-----', '—')))).toMatch(/word processor/);
    expect(await certificateProblem(Buffer.from(pki.client.pem.replaceAll('-----', '----')))).toMatch(/five hyphens/);
    expect(await certificateProblem(Buffer.from('{\\rtf1 x}'))).toMatch(/RTF/);
    expect(await certificateProblem(Buffer.from('<!DOCTYPE html><p>x'))).toMatch(/web page/);
  });

  test('where a private key belongs', async () => {
    const { pfx, request, pkcs7 } = make();
    expect(await keyProblem(pfx)).toMatch(/PKCS#12 keystore: .*-nocerts/);
    expect(await keyProblem(request)).toMatch(/certificate signing request/);
    expect(await keyProblem(pkcs7)).toMatch(/PKCS#7, which contains certificates/);
    expect(await keyProblem(pki.client.der)).toBe('it is a certificate, not a private key');
  });

  test('where a keystore belongs', async () => {
    const { pkcs7 } = make();
    const problems = async (bytes: Buffer) =>
      (await readKeystore(bytes, new Secret(passphrase))).problems.map(({ message }) => message).join();
    expect(await problems(pkcs7)).toMatch(/PKCS#7/);
    expect(await problems(Buffer.from('cececece00000002', 'hex'))).toMatch(/JCEKS/);
    expect(await problems(Buffer.from('x'))).toBe('it is neither PKCS#12 nor JKS');
  });

  test('PKCS#7 is read where certificates are, and a warning says that clients need PEM', async () => {
    const { pkcs7 } = make();
    shop.write('client.p7b', `-----BEGIN PKCS7-----\n${pkcs7.toString('base64')}\n-----END PKCS7-----\n`);
    const credential = await read({ certificate: file(shop.path('client.p7b')) });
    expect(credential.certificate?.der).toEqual(new Uint8Array(pki.client.der));
    expect(codes(credential)).toEqual(['client_cannot_read_file']);
  });

  test.each(['aes-256-cfb', 'aes-128-ofb', 'camellia-256-cbc', 'aria-192-cbc'])(
    'a key under %s is opened',
    async (cipher) => {
      shop.write('key.pem', pki.client.keyPem);
      const pem = openssl('pkcs8', '-topk8', '-v2', cipher, '-in', 'key.pem', '-passout', `pass:${passphrase}`);
      expect((await readPrivateKey(pem, new Secret(passphrase))).encrypted).toBe(true);
      await expect(readPrivateKey(pem, new Secret('wrong'))).rejects.toMatchObject({ finding: 'passphrase_wrong' });
    },
  );

  test('a key that is encrypted with the empty passphrase is not encrypted', async () => {
    shop.write('key.pem', pki.client.keyPem);
    const pem = openssl('pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', 'key.pem', '-passout', 'pass:');
    expect((await readPrivateKey(pem, undefined)).encrypted).toBe(false);
  });
});
