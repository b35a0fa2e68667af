/**
 * A deployed credential as the reader would return it, made directly from the PKI maker's certificates:
 *   deployed({ client, bundle: [root, sub] })            // the client's own key
 *   deployed({ client, key: other.keys, bundle: [] })    // any subset; what is absent is not configured, unless `unreadable` names it
 */
import { createSecureContext } from 'node:tls';
import type { DeployedCredential, PrivateKeyHandle } from '../../../src/credential/types.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import type { Certificate } from '../../../src/x509/certificate.ts';
import { parseCertificate } from '../../../src/x509/parse.ts';
import { toPem } from '../../../src/x509/pem.ts';
import { keyFacts } from '../../../src/x509/public-key.ts';
import type { KeyPair } from '../pki.ts';

type HasDer = { readonly der: Uint8Array };

export const parsed = ({ der }: HasDer): Certificate => parseCertificate(der);

export function deployed(parts: {
  client?: HasDer & { readonly keys?: KeyPair };
  /** `null` for none; the client's if absent. */
  key?: KeyPair | null;
  bundle?: readonly HasDer[];
  /** What the client's file contains after the client certificate. */
  extra?: readonly HasDer[];
  /** The bundle comes from a keystore. */
  inKeystore?: boolean;
  problems?: readonly Finding[];
  /** Configured, but not readable. */
  unreadable?: readonly ('certificate' | 'privateKey' | 'caBundle')[];
}): DeployedCredential {
  const { client, bundle, problems = [], unreadable = [] } = parts;
  const keys = parts.key === undefined ? client?.keys : (parts.key ?? undefined);
  return {
    configured: {
      certificate: client !== undefined || unreadable.includes('certificate'),
      privateKey: keys !== undefined || unreadable.includes('privateKey'),
      caBundle: bundle !== undefined || unreadable.includes('caBundle'),
    },
    ...(client ? { certificate: parsed(client) } : {}),
    extraCertificates: (parts.extra ?? []).map(parsed),
    bundle: (bundle ?? []).map(parsed),
    ...(parts.inKeystore ? { bundleInKeystore: true as const } : {}),
    ...(keys ? { privateKey: handleOf(keys) } : {}),
    problems,
    contentHash: 'test',
  };
}

export function handleOf(keys: KeyPair): PrivateKeyHandle {
  return {
    publicKey: keyFacts(keys.publicKey),
    encrypted: true,
    secureContext: ({ chain, trusted, maxVersion }) =>
      createSecureContext({
        cert: chain.map(({ der }) => toPem(der)).join(''),
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
        ...(trusted ? { ca: trusted.map(({ der }) => toPem(der)) } : {}),
        ...(maxVersion ? { maxVersion } : {}),
      }),
    signingKey: () => Promise.reject(new Error('this test credential cannot sign requests')),
  };
}
