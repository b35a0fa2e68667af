/** Any number of environments that are due for renewal, distinguished by name. The crash tests share them with the process that they kill. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { DeployedCredential, PrivateKeyHandle } from '../../../src/credential/types.ts';
import type { RenewalInput } from '../../../src/renewal/step.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { dayMs } from '../../../src/time/duration.ts';
import { certificateFacts, environmentOf } from './samples.ts';

/** Twenty days before the expiry: a month back is still inside the window, a month ahead is after the expiry. */
export const crashNow = new Date('2026-11-24T09:00:00Z');
const notAfter = new Date(crashNow.getTime() + 20 * dayMs);

export const desk = environmentOf('integration').renewal.desk[0]!;
export const passphrase = 'planted-passphrase';

/** @param keyPem the deployed key, which the request reuses; if absent, a new one is made. */
export function subjectNamed(name: string, keyPem?: string): RenewalInput & Required<Pick<RenewalInput, 'credential'>> {
  const handle = keyPem === undefined ? undefined : handleOf(createPrivateKey(keyPem));
  const certificate = certificateFacts({
    fingerprintSha256: createHash('sha256').update(name).digest('hex'),
    notAfter,
    ...(handle ? { publicKey: handle.publicKey } : {}),
  });
  const integration = environmentOf('integration');
  const mailboxId = `X26${createHash('sha256').update(name).digest('hex').slice(0, 6).toUpperCase()}`;
  const credential: DeployedCredential = {
    configured: { certificate: true, privateKey: true, caBundle: true },
    certificate,
    extraCertificates: [],
    bundle: [],
    problems: [],
    contentHash: name,
    ...(handle ? { privateKey: handle } : {}),
  };
  return {
    environment: {
      ...integration,
      name,
      mesh: { ...integration.mesh, mailboxId },
      renewal: {
        ...integration.renewal,
        key: handle ? 'reuse' : 'new',
        passphrase: { kind: 'inline', value: new Secret(passphrase) },
      },
    },
    assessment: {
      assessedAt: crashNow,
      valid: true,
      certificates: [{ role: 'client', onPath: true, certificate }],
      path: [],
      order: 'single',
      checks: {},
      judged: {},
      findings: [],
    },
    credential,
  };
}

function handleOf(key: KeyObject): PrivateKeyHandle {
  const publicKey = createPublicKey(key);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return {
    publicKey: { algorithm: 'RSA', bits: 2048, spki: publicKey.export({ type: 'spki', format: 'der' }) },
    encrypted: true,
    secureContext: () => {
      throw new Error('no TLS is spoken here');
    },
    signingKey: async () => ({
      privateKey: key.toCryptoKey(algorithm, false, ['sign']),
      publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
    }),
  };
}

/** The environment that a received message concerns; its text is quoted-printable. */
export function environmentIn(message: Buffer): string | undefined {
  return /^Environment: (\S+)/m.exec(message.toString('latin1').replaceAll('=\r\n', ''))?.[1];
}
