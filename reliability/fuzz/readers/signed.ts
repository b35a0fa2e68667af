/**
 * Certificates that are changed and then signed again by their issuer, so that the change itself is what is judged, and not the signature that
 * it broke.
 */
import { sign } from 'node:crypto';
import fc from 'fast-check';
import { sequence, tlv } from '../../../src/demo/der.ts';
import { children, readDer, toPem } from '../../../src/x509/index.ts';
import type { KeyPair } from '../../../test/support/pki.ts';
import type { Material } from '../material.ts';
import { changeDer, derChange } from '../mutations/der.ts';
import type { Reader } from '../reader.ts';
import { judged } from '../verdict.ts';

const links = ['client', 'sub', 'root'] as const;

export function signedReader(material: Material): Reader {
  const { root, sub, client } = material;
  const issuers: Record<(typeof links)[number], KeyPair> = { client: sub.keys, sub: root.keys, root: root.keys };
  const changes = fc.array(derChange, { minLength: 1, maxLength: 2 });
  const inputs = fc.tuple(fc.constantFrom(...links), changes).map(([link, all]) => {
    const [tbs, algorithm] = children(readDer(material[link].der, 'the certificate'), 'the certificate');
    const changed = all.reduce(changeDer, Buffer.from(tbs!.raw));
    const bytes = signed(changed, Buffer.from(algorithm!.raw), issuers[link]);
    const path = { client: client.der, sub: sub.der, root: root.der, [link]: bytes };
    const deployed = {
      certificate: Buffer.from(toPem(path.client)),
      privateKey: Buffer.from(client.keyPem),
      caBundle: Buffer.from(toPem(path.root) + toPem(path.sub)),
    };
    return { bytes, read: () => judged(deployed, material) };
  });
  return { name: 'signed certificate', share: 15, inputs };
}

const signed = (tbs: Buffer, algorithm: Buffer, { privateKey }: KeyPair): Buffer =>
  sequence(tbs, algorithm, tlv(0x03, Buffer.alloc(1), sign('sha256', tbs, privateKey)));
