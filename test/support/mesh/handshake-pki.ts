/** A throwaway PKI with every certificate that the scenarios need, and environments that use it. */
import type { MeshEndpoint } from '../../../src/config/types.ts';
import { readCredential } from '../../../src/credential/read.ts';
import type { DeployedCredential } from '../../../src/credential/types.ts';
import type { Presented, ServerCertificate } from '../../scenarios/handshakes.ts';
import { ca, date, leaf, type Made, oids, serverCertificate } from '../pki.ts';
import { inline } from '../sources.ts';

export interface HandshakePki {
  readonly root: Made;
  readonly sub: Made;
  /** Of a CA that nobody here knows. */
  readonly strangerRoot: Made;
  readonly server: Made;
  /** What each scenario presents. `foreign` is from a CA that no server trusts. */
  readonly clients: Readonly<Record<Exclude<Presented, 'none'>, Made>>;
  /** The leaf and its chain, in PEM. */
  serverCertificate(is: ServerCertificate): Promise<{ readonly key: string; readonly cert: string }>;
  credential(presents: Presented): Promise<DeployedCredential | undefined>;
}

const longAgo = date('2021-01-01');
const farAway = date('2039-01-01');

export async function makeHandshakePki(): Promise<HandshakePki> {
  const root = await ca({ cn: 'Test Root' });
  const sub = await ca({ cn: 'Test SubCA', issuer: root, pathLength: 0 });
  const stranger = await ca({ cn: 'Stranger Root' });
  const server = await serverCertificate({ issuer: sub, notAfter: date('2039-05-05') });
  const clients = {
    deployed: await leaf({ issuer: sub }),
    foreign: await leaf({ issuer: stranger }),
    expired: await leaf({ issuer: sub, notAfter: longAgo }),
    future: await leaf({ issuer: sub, notBefore: farAway }),
    revoked: await leaf({ issuer: sub, serial: '0badc0de' }),
    purpose: await leaf({ issuer: sub, extendedKeyUsage: [oids.codeSigning] }),
  };
  const make = (is: ServerCertificate): Promise<Made> => {
    switch (is) {
      case 'expired':
      case 'expired, without its intermediate':
        return serverCertificate({ issuer: sub, notAfter: longAgo });
      case 'not yet valid':
        return serverCertificate({ issuer: sub, notBefore: farAway });
      case 'self-signed':
        return serverCertificate({});
      case 'expired, for another name':
        return serverCertificate({ issuer: sub, notAfter: longAgo, names: ['mesh.example'] });
      case 'self-signed, for another name':
        return serverCertificate({ names: ['mesh.example'] });
      case 'self-signed, expired':
        return serverCertificate({ notAfter: longAgo });
      case 'of an unknown CA':
        return serverCertificate({ issuer: stranger });
      case 'of an unknown CA, expired':
        return serverCertificate({ issuer: stranger, notAfter: longAgo });
      case 'of an unknown CA, not yet valid':
        return serverCertificate({ issuer: stranger, notBefore: farAway });
      case 'of an unknown CA, for another purpose':
        return serverCertificate({ issuer: stranger, extendedKeyUsage: [oids.codeSigning] });
      case 'for another name':
        return serverCertificate({ issuer: sub, names: ['mesh.example'] });
      case 'without a SAN, CN for another name':
        return leaf({ issuer: sub, cn: 'mesh.example', extendedKeyUsage: [oids.serverAuth] });
      case 'without a SAN, CN right':
        return leaf({ issuer: sub, cn: 'localhost', extendedKeyUsage: [oids.serverAuth] });
      case 'without its intermediate':
        return Promise.resolve(server);
    }
  };
  return {
    root,
    sub,
    strangerRoot: stranger,
    server,
    clients,
    async serverCertificate(is) {
      const made = await make(is);
      const alone = /^(self-signed|of an unknown CA)|without its intermediate$/.test(is);
      return { key: made.keyPem, cert: alone ? made.pem : made.pem + sub.pem };
    },
    async credential(presents) {
      if (presents === 'none') return undefined;
      const { pem, keyPem } = clients[presents];
      return credentialFrom({ certificate: pem, privateKey: keyPem, caBundle: root.pem + sub.pem });
    },
  };
}

/** All in PEM. */
export function credentialFrom(
  pem: Record<'certificate' | 'privateKey' | 'caBundle', string>,
): Promise<DeployedCredential> {
  const { certificate, privateKey, caBundle } = pem;
  return readCredential(
    { certificate: inline(certificate), privateKey: inline(privateKey), caBundle: inline(caBundle) },
    {},
  );
}

export const planted = {
  password: 'planted-Passw0rd-7f3a',
  sharedKey: 'planted-SharedKey-91be',
  proxyPassword: 'planted-ProxyPassw0rd-c4d2',
} as const;

/** Longer than any answer takes on a busy machine, and shorter than a test may take. */
export const amplyMs = 20_000;

export function endpoint(url: string, more: Partial<MeshEndpoint> = {}): MeshEndpoint {
  return {
    url,
    mailboxId: 'x26abc1',
    password: inline(planted.password),
    sharedKey: inline(planted.sharedKey),
    verifyServer: true,
    probe: 'validate',
    timeouts: { connectMs: amplyMs, tlsMs: amplyMs, requestMs: amplyMs },
    ...more,
  };
}
