/** Private keys: PKCS#8 in the clear and encrypted, SEC 1, and PEM of all of them. */
import fc from 'fast-check';
import { type Material, passphrase } from '../material.ts';
import type { Reader } from '../reader.ts';
import { judged } from '../verdict.ts';
import { changedDer, changedPem } from './certificates.ts';

export function privateKeyReader(material: Material): Reader {
  const { client, bundlePem } = material;
  const { privateKey } = client.keys;
  const encrypted = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase } as const;
  const pem = (der: Buffer, label: string) =>
    Buffer.from(
      `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`,
    );
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
  const bytes = fc.oneof(
    changedPem(client.keyPem),
    changedPem(client.encryptedKeyPem(passphrase)),
    changedPem(privateKey.export({ type: 'sec1', format: 'pem' }).toString()),
    changedDer(plain),
    changedDer(plain).map((der) => pem(der, 'PRIVATE KEY')),
    changedDer(privateKey.export({ type: 'sec1', format: 'der' })).map((der) => pem(der, 'EC PRIVATE KEY')),
    changedDer(privateKey.export(encrypted)).map((der) => pem(der, 'ENCRYPTED PRIVATE KEY')),
  );
  const [certificate, caBundle] = [Buffer.from(client.pem), Buffer.from(bundlePem)];
  const inputs = bytes.map((key) => ({
    bytes: key,
    read: () => judged({ certificate, privateKey: key, caBundle }, material),
  }));
  return { name: 'PKCS#8', share: 10, inputs };
}
