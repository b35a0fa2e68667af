/** Keystores: PKCS#12 with and without a MAC, and JKS whose digest is made to fit again after the change. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Material, passphrase } from '../material.ts';
import { byteChange, changeBytes } from '../mutations/bytes.ts';
import type { Reader } from '../reader.ts';
import { judged } from '../verdict.ts';
import { changedDer } from './certificates.ts';

export function pkcs12Reader(material: Material): Reader {
  const { modern, tripleDes, plain } = material.keystores;
  const bytes = fc.oneof(
    { weight: 1, arbitrary: changedDer(modern) },
    { weight: 1, arbitrary: changedDer(tripleDes) },
    { weight: 3, arbitrary: changedDer(plain) },
  );
  const inputs = bytes.map((keystore) => ({ bytes: keystore, read: () => judged({ keystore }, material) }));
  return { name: 'PKCS#12', share: 10, inputs };
}

const digestBytes = 20;

/** A keystore of the JDK ends with a SHA-1 of the password, a phrase and what precedes it (sun.security.provider.JavaKeyStore). */
function withDigest(content: Buffer): Buffer {
  const password = Buffer.from(passphrase, 'utf16le').swap16();
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite', 'latin1').update(content).digest();
  return Buffer.concat([content, digest]);
}

export function jksReader(material: Material): Reader {
  const { jks } = material.keystores;
  const content = jks.subarray(0, -digestBytes);
  const changes = fc.array(byteChange, { minLength: 1, maxLength: 3 });
  const bytes = fc.oneof(
    { weight: 3, arbitrary: changes.map((all) => withDigest(all.reduce(changeBytes, content))) },
    { weight: 1, arbitrary: changes.map((all) => all.reduce(changeBytes, jks)) },
  );
  // OpenSSL does not read JKS: what came out of it has been through the rehearsal, which is OpenSSL's.
  const inputs = bytes.map((keystore) => ({ bytes: keystore, read: () => judged({ keystore }, material, false) }));
  return { name: 'JKS', share: 7, inputs };
}
