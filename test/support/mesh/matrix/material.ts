/** Good and bad certificates from a PKI like the NHS's (RSA 2048), and the revocation lists of its CAs. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ca, date, keysFor, leaf, type Made, oids, serverCertificate } from '../../pki.ts';

const run = promisify(execFile);
const longAgo = date('2021-01-01');
const farAway = date('2039-01-01');

export type Client =
  | 'deployed'
  | 'foreign'
  | 'expired'
  | 'future'
  | 'purpose'
  | 'revoked'
  | 'weak'
  | 'sha1'
  | 'issuerExpired';
export type Server =
  | 'good'
  | 'expired'
  | 'future'
  | 'selfSigned'
  | 'foreign'
  | 'wrongName'
  | 'commonName'
  | 'wrongCommonName'
  | 'alone'
  | 'wrongIntermediate'
  | 'weak'
  | 'sha1';

export interface Pair {
  /** The certificate and the rest of the chain that its owner sends, in PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Material {
  /** Root first, as in the guide. */
  readonly bundle: string;
  /** For the client certificate that an expired CA issued. */
  readonly bundleWithExpired: string;
  readonly clients: Readonly<Record<Client, Pair>>;
  readonly servers: Readonly<Record<Server, Pair>>;
  /** Lists of sub CA and root, in this order because some servers read only the first. `revoked` is on the sub CA's. */
  readonly crl: { readonly current: string; readonly expired: string };
}

export async function makeMaterial(): Promise<Material> {
  const keys = await keysFor('rsa-2048', 'matrix leaf');
  const root = await ca({ cn: 'Matrix Root', keys: await keysFor('rsa-2048', 'matrix root') });
  const sub = await ca({
    cn: 'Matrix SubCA',
    issuer: root,
    pathLength: 0,
    keys: await keysFor('rsa-2048', 'matrix sub'),
  });
  const expiredSub = await ca({
    cn: 'Matrix Expired SubCA',
    issuer: root,
    pathLength: 0,
    notAfter: longAgo,
    keys: await keysFor('rsa-2048', 'matrix expired sub'),
  });
  const stranger = await ca({ cn: 'Stranger Root', keys: await keysFor('rsa-2048', 'matrix stranger') });
  const client = async (more: object = {}) => pairOf(await leaf({ issuer: sub, keys, ...more }));
  const server = async (more: object = {}, with_: string = sub.pem) =>
    pairOf(await serverCertificate({ issuer: sub, keys, ...more }), with_);
  const named = async (cn: string) =>
    pairOf(await leaf({ issuer: sub, keys, cn, extendedKeyUsage: [oids.serverAuth] }), sub.pem);
  const weak = await keysFor('rsa-1024', 'matrix weak');
  const revoked = await leaf({ issuer: sub, keys, serial: '0badc0de' });
  return {
    bundle: root.pem + sub.pem,
    bundleWithExpired: root.pem + expiredSub.pem + sub.pem,
    clients: {
      deployed: await client(),
      foreign: await client({ issuer: stranger }),
      expired: await client({ notAfter: longAgo }),
      future: await client({ notBefore: farAway }),
      purpose: await client({ extendedKeyUsage: [oids.codeSigning] }),
      revoked: pairOf(revoked),
      weak: await client({ keys: weak }),
      sha1: await client({ hash: 'SHA-1' }),
      issuerExpired: await client({ issuer: expiredSub }),
    },
    servers: {
      good: await server(),
      expired: await server({ notAfter: longAgo }),
      future: await server({ notBefore: farAway }),
      selfSigned: await server({ issuer: undefined }, ''),
      foreign: await server({ issuer: stranger }, stranger.pem),
      wrongName: await server({ names: ['mesh.example'] }),
      commonName: await named('localhost'),
      wrongCommonName: await named('mesh.example'),
      alone: await server({}, ''),
      wrongIntermediate: await server({ issuer: stranger }, sub.pem),
      weak: await server({ keys: weak }),
      sha1: await server({ hash: 'SHA-1' }),
    },
    crl: { current: await lists([sub, root], revoked, false), expired: await lists([sub, root], revoked, true) },
  };
}

function pairOf({ pem, keyPem }: Made, more = ''): Pair {
  return { certificate: pem + more, key: keyPem };
}

/** One list for each CA, in PEM. The first contains the revoked certificate. */
async function lists(authorities: readonly Made[], revoked: Made, expired: boolean): Promise<string> {
  const texts = [];
  for (const authority of authorities)
    texts.push(await list(authority, authority === authorities[0] ? revoked : undefined, expired));
  return texts.join('');
}

async function list(authority: Made, revoked: Made | undefined, expired: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-crl-'));
  const at = (name: string) => join(folder, name);
  await writeFile(at('ca.pem'), authority.pem);
  await writeFile(at('ca.key'), authority.keyPem);
  await writeFile(at('revoked.pem'), revoked?.pem ?? '');
  await writeFile(at('index.txt'), '');
  await writeFile(at('crlnumber'), '01\n');
  await writeFile(
    at('ca.cnf'),
    `[ca]\ndefault_ca=it\n[it]\ndatabase=${at('index.txt')}\ncrlnumber=${at('crlnumber')}\ncertificate=${at('ca.pem')}\nprivate_key=${at('ca.key')}\ndefault_md=sha256\ndefault_crl_days=3000\n`,
  );
  const ends = expired ? ['-crl_lastupdate', '20210101000000Z', '-crl_nextupdate', '20210201000000Z'] : [];
  try {
    if (revoked) await run('openssl', ['ca', '-config', at('ca.cnf'), '-revoke', at('revoked.pem')]);
    await run('openssl', ['ca', '-config', at('ca.cnf'), '-gencrl', ...ends, '-out', at('list.pem')]);
    return await readFile(at('list.pem'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
