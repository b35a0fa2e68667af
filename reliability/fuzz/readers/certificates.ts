/** Certificates, in PEM, in DER and in PKCS#7: as the deployed certificate or the bundle of a credential that is otherwise good. */
import fc from 'fast-check';
import { toPem } from '../../../src/x509/index.ts';
import type { Material } from '../material.ts';
import { byteChange, changeBytes } from '../mutations/bytes.ts';
import { changeDer, derChange } from '../mutations/der.ts';
import { changeText, textChange } from '../mutations/text.ts';
import type { Reader } from '../reader.ts';
import { judged } from '../verdict.ts';

const words = [
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '-----BEGIN TRUSTED CERTIFICATE-----',
  '-----BEGIN PKCS7-----',
  '-----END PKCS7-----',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN -----',
  '-----BEGIN',
  'Proc-Type: 4,ENCRYPTED',
  'DEK-Info: AES-256-CBC,00',
  '\\n',
  '"',
  'MIIB',
  '====',
];
export const pemChange = textChange(words);

export function changedPem(text: string): fc.Arbitrary<Buffer> {
  const lines = fc.array(pemChange, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    { weight: 3, arbitrary: lines.map((changes) => Buffer.from(changes.reduce(changeText, text))) },
    {
      weight: 1,
      arbitrary: fc
        .array(byteChange, { minLength: 1, maxLength: 3 })
        .map((all) => all.reduce(changeBytes, Buffer.from(text))),
    },
  );
}

export function changedDer(der: Buffer): fc.Arbitrary<Buffer> {
  const values = fc.array(derChange, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: values.map((changes) => changes.reduce(changeDer, der)) },
    {
      weight: 1,
      arbitrary: fc.array(byteChange, { minLength: 1, maxLength: 3 }).map((all) => all.reduce(changeBytes, der)),
    },
  );
}

/** As the certificate, and as the bundle. */
function inItsPlace(material: Material, bytes: Buffer, isBundle: boolean) {
  const privateKey = Buffer.from(material.client.keyPem);
  const [certificate, caBundle] = isBundle
    ? [Buffer.from(material.client.pem), bytes]
    : [bytes, Buffer.from(material.bundlePem)];
  return { bytes, read: () => judged({ certificate, privateKey, caBundle }, material) };
}

export function pemReader(material: Material): Reader {
  const { client, bundlePem } = material;
  const inputs = fc
    .boolean()
    .chain((isBundle) =>
      changedPem(isBundle ? bundlePem : client.pem).map((bytes) => inItsPlace(material, bytes, isBundle)),
    );
  return { name: 'PEM', share: 10, inputs };
}

export function derReader(material: Material): Reader {
  const { client, sub } = material;
  const inputs = fc
    .tuple(fc.boolean(), fc.boolean())
    .chain(([isBundle, asPem]) =>
      changedDer(isBundle ? sub.der : client.der).map((der) =>
        inItsPlace(material, asPem ? Buffer.from(toPem(der)) : der, isBundle),
      ),
    );
  return { name: 'DER certificate', share: 15, inputs };
}

export function pkcs7Reader(material: Material): Reader {
  const inputs = fc
    .tuple(fc.boolean(), fc.boolean())
    .chain(([isBundle, asPem]) =>
      changedDer(material.pkcs7).map((der) =>
        inItsPlace(material, asPem ? Buffer.from(toPem(der).replaceAll('CERTIFICATE', 'PKCS7')) : der, isBundle),
      ),
    );
  return { name: 'PKCS#7', share: 8, inputs };
}
