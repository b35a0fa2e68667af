/** What takes long to find out about a credential, as data that can be kept on disk: never the key, and nothing that follows from a passphrase. */
import type { Finding } from '../findings/index.ts';
import type { PublicKeyFacts } from '../x509/index.ts';
import { readCertificates } from './certificates.ts';
import { readBundle } from './shared-bundles.ts';
import type { CredentialContent } from './snapshot.ts';
import type { DeployedCredential, PrivateKeyHandle } from './types.ts';

export interface RememberedCredential {
  readonly configured: DeployedCredential['configured'];
  /** Of the private key: its public half, in base64. */
  readonly key?: Omit<PublicKeyFacts, 'spki'> & { readonly spki: string; readonly encrypted: boolean };
  readonly keyBelongs?: string;
  readonly missing?: DeployedCredential['missing'];
  readonly problems: readonly Finding[];
}

/**
 * Undefined for a credential of which nothing is kept: a keystore, whose certificates are behind its passphrase; what is from a store; and a key that
 * could not be read, of which it may be the passphrase that says why.
 */
export function rememberedOf(credential: DeployedCredential): RememberedCredential | undefined {
  const { configured, privateKey, keyBelongs, missing, problems, durableHash } = credential;
  if (durableHash === undefined || credential.bundleInKeystore || credential.storeProblems) return undefined;
  if (configured.privateKey && !privateKey) return undefined;
  return {
    configured,
    ...(privateKey && {
      key: {
        ...privateKey.publicKey,
        spki: Buffer.from(privateKey.publicKey.spki).toString('base64'),
        encrypted: privateKey.encrypted,
      },
    }),
    ...(keyBelongs !== undefined && { keyBelongs }),
    ...(missing && { missing }),
    problems,
  };
}

/**
 * The credential as it was, to be assessed and shown. Its certificates are read again; its key is a name without a key behind it.
 * @param content has to be what was remembered: the same `durableHash`.
 */
export async function recalled(
  content: CredentialContent,
  { key, ...remembered }: RememberedCredential,
): Promise<DeployedCredential> {
  const { certificate, caBundle } = content.parts;
  const [first, ...rest] = certificate?.bytes ? (await readCertificates(certificate.bytes)).entries : [];
  const bundle = caBundle?.bytes ? (await readBundle(caBundle.bytes)).entries : [];
  return {
    ...remembered,
    ...(first && { certificate: first }),
    extraCertificates: rest.filter((each) => each !== undefined),
    bundle: bundle.filter((each) => each !== undefined),
    ...(key && { privateKey: handleOf(key) }),
    contentHash: content.contentHash,
    ...(content.durableHash !== undefined && { durableHash: content.durableHash }),
  };
}

function handleOf({ encrypted, spki, ...facts }: NonNullable<RememberedCredential['key']>): PrivateKeyHandle {
  const none = () => {
    throw new Error('a recalled credential has no private key');
  };
  return {
    publicKey: { ...facts, spki: ownBytes(spki) },
    encrypted,
    secureContext: none,
    signingKey: async () => none(),
  };
}

/** `Buffer.from` would give a view of a pool of 64 KiB, and all of that would be kept for it. */
function ownBytes(base64: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(base64, 'base64'));
  bytes.write(base64, 'base64');
  return bytes;
}
