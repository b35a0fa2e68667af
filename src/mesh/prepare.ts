import { randomUUID } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import {
  type MeshEndpoint,
  readSecret,
  type Secret,
  type Source,
  SourceError,
  type Variables,
} from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { type Certificate, toPem } from '../x509/index.ts';
import { ofUnusableFiles, ofWeakSignature } from './diagnosis/disagreement.ts';
import { HandshakeError } from './diagnosis/failure.ts';
import { authorizationToken } from './http/authorization.ts';
import { callerFacts, meshHeaders } from './http/headers.ts';
import type { MeshRequest } from './http/request.ts';
import { Contexts } from './tls/contexts.ts';
import { ciphers } from './tls/offer.ts';

const contexts = new Contexts();

/**
 * The TLS side of a probe. Without a credential no client certificate is presented, and the server is verified against the system's roots.
 * @throws {HandshakeError} `credential_unusable`
 */
export function contextFor(mesh: MeshEndpoint, credential: DeployedCredential | undefined): SecureContext {
  const { tlsMax, tlsGroups, trust } = mesh;
  const offer = {
    ciphers,
    ...(tlsMax && { maxVersion: tlsMax }),
    ...(tlsGroups && { ecdhCurve: tlsGroups.join(':') }),
  };
  if (!credential) return createSecureContext({ ...offer, minVersion: 'TLSv1.2' });
  const { bundle, certificate, configured, extraCertificates, privateKey } = credential;
  if (!certificate) throw unusable(credential, 'no client certificate can be used', 'certificate');
  if (!privateKey) throw unusable(credential, 'no private key can be used', 'key');
  if (mesh.verifyServer && configured.caBundle && bundle.length === 0) {
    throw unusable(credential, 'no CA bundle can be used to verify the server', 'bundle');
  }
  if (/sha1|md5/i.test(certificate.signatureAlgorithm)) throw new HandshakeError(ofWeakSignature(certificate));
  if (!Buffer.from(privateKey.publicKey.spki).equals(certificate.publicKey.spki)) {
    throw new HandshakeError({
      reason: 'credential_unusable',
      detail: 'the private key does not belong to the certificate',
    });
  }
  try {
    return contexts.get(credential, JSON.stringify([tlsMax, tlsGroups, trust]), () =>
      privateKey.secureContext({
        ...offer,
        chain: [certificate, ...extraCertificates],
        ...(trust === 'bundle+system' && { alsoTrusted: systemRoots() }),
        ...(bundle.length > 0 ? { trusted: bundle } : {}),
      }),
    );
  } catch (error) {
    throw new HandshakeError(ofUnusableFiles(error as Error));
  }
}

/** Verifies a server against these and the system's CAs, and presents nothing. */
export const contextTrusting = (trusted: readonly Certificate[]): SecureContext =>
  createSecureContext({
    ciphers,
    minVersion: 'TLSv1.2',
    ca: [...systemRoots(), ...trusted.map(({ der }) => toPem(der))],
  });

/** Node's own roots, those in NODE_EXTRA_CA_CERTS, and the system's, which OpenSSL finds through SSL_CERT_FILE and SSL_CERT_DIR. */
export function systemRoots(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** Which roots of this machine count besides the CA bundle, in PEM. By them alone a server is judged if there is no bundle. */
export function rootsHere(
  { trust }: Pick<MeshEndpoint, 'trust'>,
  credential: DeployedCredential | undefined,
): string[] {
  if (!credential?.bundle.length) return getCACertificates('default');
  return trust === 'bundle+system' ? systemRoots() : [];
}

/** Findings about the other parts, which explain nothing of this one. */
const elsewhere = {
  certificate: /^(private_key|ca_bundle)_/,
  key: /^(certificate|ca_bundle)_/,
  bundle: /^(certificate|private_key|passphrase)_/,
};

function unusable({ problems }: DeployedCredential, what: string, part: keyof typeof elsewhere): HandshakeError {
  const because = problems.find(({ code, severity }) => severity === 'critical' && !elsewhere[part].test(code));
  return new HandshakeError({ reason: 'credential_unusable', detail: because ? `${what}: ${because.message}` : what });
}

/**
 * The request of a probe. Password and shared key are read here and go out of scope here. What remains is a token that works once.
 * @throws {HandshakeError} `credential_unusable`
 */
export async function requestFor(mesh: MeshEndpoint, env: Variables, now: () => Date): Promise<MeshRequest> {
  const headers = meshHeaders(callerFacts());
  if (mesh.probe === 'ping') return { method: 'GET', path: '/messageexchange/_ping', headers };
  const mailboxId = mesh.mailboxId.toUpperCase();
  const [password, sharedKey] = await configuredSecrets(mesh, env);
  return {
    method: 'POST',
    path: `/messageexchange/${encodeURIComponent(mailboxId)}`,
    headers,
    authorization: authorizationToken({
      mailboxId,
      password,
      sharedKey,
      nonce: randomUUID(),
      nonceCount: 0,
      now: now(),
    }),
  };
}

/** If both are missing, both are named: whoever sets one variable at a time would need as many runs. */
async function configuredSecrets(mesh: MeshEndpoint, env: Variables): Promise<readonly [Secret, Secret]> {
  const password = await configuredSecret('password', mesh.password, env);
  const sharedKey = await configuredSecret('shared_key', mesh.sharedKey, env);
  if (!('problem' in password) && !('problem' in sharedKey)) return [password, sharedKey];
  const problems = [password, sharedKey].flatMap((each) => ('problem' in each ? [each.problem] : []));
  throw new HandshakeError({ reason: 'credential_unusable', detail: problems.join('; ') });
}

async function configuredSecret(
  name: string,
  source: Source | undefined,
  env: Variables,
): Promise<Secret | { readonly problem: string }> {
  if (!source) return { problem: `mesh.${name} is not configured` };
  try {
    return await readSecret(source, env);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { problem: `mesh.${name}: ${error.message}` };
  }
}
