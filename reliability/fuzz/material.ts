/** What is damaged: one good credential in every form that it can be deployed in, made once. */
import { readFileSync } from 'node:fs';
import { workshop } from '../../test/support/credential/workshop.ts';
import { createNhsLikePki, type Made, serverCertificate } from '../../test/support/pki.ts';

export const passphrase = 'Pl4nted-passphrase-7Q';

export interface Material {
  readonly client: Made;
  readonly root: { readonly keys: Made['keys']; readonly der: Buffer };
  readonly sub: { readonly keys: Made['keys']; readonly der: Buffer };
  readonly bundlePem: string;
  /** Of nobody's, for the handshakes in which OpenSSL is asked. */
  readonly server: Made;
  readonly pkcs7: Buffer;
  readonly keystores: Readonly<Record<'modern' | 'tripleDes' | 'plain' | 'jks', Buffer>>;
}

/** Elliptic curves, because thousands of signatures are made. Needs openssl and keytool. */
export async function makeMaterial(): Promise<Material> {
  const { root, sub, client, bundlePem } = await createNhsLikePki({ key: 'ec-p256' });
  return { root, sub, client, bundlePem, server: await serverCertificate({}), ...formsOf(client, bundlePem) };
}

function formsOf(client: Made, bundlePem: string): Pick<Material, 'pkcs7' | 'keystores'> {
  const shop = workshop();
  try {
    shop.write('client.pem', client.pem);
    shop.write('key.pem', client.keyPem);
    shop.write('ca.pem', bundlePem);
    const source = [
      '-in',
      'client.pem',
      '-inkey',
      'key.pem',
      '-certfile',
      'ca.pem',
      '-name',
      'mesh',
      '-passout',
      `pass:${passphrase}`,
    ];
    shop.openssl('pkcs12', '-export', ...source, '-iter', '1', '-out', 'modern.p12');
    shop.openssl('pkcs12', '-export', ...source, '-nomac', '-keypbe', 'NONE', '-certpbe', 'NONE', '-out', 'plain.p12');
    const tripleDes = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1', '-iter', '1'];
    shop.openssl('pkcs12', '-export', ...source, ...tripleDes, '-out', 'triple-des.p12');
    shop.openssl(
      'crl2pkcs7',
      '-nocrl',
      '-certfile',
      'client.pem',
      '-certfile',
      'ca.pem',
      '-outform',
      'DER',
      '-out',
      'all.p7b',
    );
    const [from, to] = ['modern.p12', 'mesh.jks'];
    const stores = ['-srckeystore', from, '-srcstoretype', 'PKCS12', '-srcstorepass', passphrase];
    shop.keytool(
      '-importkeystore',
      ...stores,
      '-destkeystore',
      to,
      '-deststoretype',
      'JKS',
      '-deststorepass',
      passphrase,
      '-noprompt',
    );
    const bytes = (name: string) => readFileSync(shop.path(name));
    return {
      pkcs7: bytes('all.p7b'),
      keystores: {
        modern: bytes('modern.p12'),
        tripleDes: bytes('triple-des.p12'),
        plain: bytes('plain.p12'),
        jks: bytes('mesh.jks'),
      },
    };
  } finally {
    shop.remove();
  }
}
