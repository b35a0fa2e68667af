/** The CA bundle and the path. */

import { type Bench, inDays, makeBench, makePki, serverFor } from '../../support/faults/bench.ts';
import type { CertificateOptions } from '../../support/pki.ts';
import type { Fault } from './fault.ts';

const made = (change: (bench: Bench) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};
const chain = { alert: 'MeshChainInvalid' } as const;
const whole = (bench: Bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem);

const liveRoot = '8f9cb003a13590861dd61b785205c9c4b5403134';
/** The public facts by which the live CAs are known. */
const live: { root: CertificateOptions; sub: CertificateOptions } = {
  root: { cn: 'NHS Root Authority G2', subjectKeyIdentifier: liveRoot, authorityKeyIdentifier: liveRoot },
  sub: {
    cn: 'NHS Authentication G2',
    subjectKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
    authorityKeyIdentifier: liveRoot,
  },
};
const liveClient = { authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2' };

export const bundleFaults: readonly Fault[] = [
  {
    name: 'The issuing CA is missing, and MESH still answers 200',
    make: made((bench) => bench.write('ca_bundle.pem', bench.pki.root.pem)),
    cause: 'chain_incomplete',
    consequences: [],
    ...chain,
    headline: /MESH still accepted a connection at .* \(HTTP 200\)$/,
    first: /^Add “NHS INT Authentication G9” \(key identifier .*\) at the end of/,
    remedy: whole,
  },
  {
    name: 'The root is missing: its place in the file is said',
    make: made((bench) => bench.write('ca_bundle.pem', bench.pki.sub.pem)),
    cause: 'chain_untrusted',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
    ...chain,
    headline: /^The root CA “NHS PTL Root Authority G9” is missing/,
    first:
      /^Add the root certificate “NHS PTL Root Authority G9” \(key identifier .*\) at the top of the CA bundle \S+ca_bundle\.pem, before “NHS INT Authentication G9”/,
    remedy: whole,
  },
  {
    name: 'A bundle of the right names and other keys: replace both',
    make: made(async (bench) => {
      const other = await makePki();
      bench.write('ca_bundle.pem', other.root.pem + other.sub.pem);
    }),
    cause: 'chain_incomplete',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
    ...chain,
    first:
      /^Replace both certificates in the CA bundle .*“NHS INT Authentication G9” \(key identifier .*\) and the root above it/,
    remedy: whole,
  },
  {
    name: 'The bundle is of another environment',
    make: made(async (bench) => {
      const other = await makePki(live);
      bench.write('ca_bundle.pem', other.root.pem + other.sub.pem);
    }),
    cause: 'chain_incomplete',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
    ...chain,
    headline: /^The CA bundle belongs to another environment/,
    remedy: whole,
  },
  {
    name: 'The certificate and its key are of another environment',
    make: made(async (bench) => {
      const { client } = await makePki({ ...live, client: liveClient });
      bench.deploy({ ...bench.pki, client });
    }),
    cause: 'chain_untrusted',
    consequences: ['chain_incomplete', 'handshake_failed'],
    first: /^Deploy the certificate and key that were issued for mailbox X26ABC1/,
    reason: 'client_certificate_rejected',
    ...chain,
    remedy: (bench) => bench.deploy(bench.pki),
  },
  {
    name: 'Certificate, key and bundle are of another environment',
    make: made(async (bench) => {
      bench.isLenient = true;
      bench.deploy(await makePki({ ...live, client: liveClient }));
    }),
    cause: 'chain_untrusted',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
    ...chain,
    headline: /^The certificate, key and CA bundle are from another environment/,
    first:
      /^Deploy the certificate, private key and CA bundle of this environment: .*client\.pem, .*private_key\.pem, .*ca_bundle\.pem\.$/,
    remedy: (bench) => bench.deploy(bench.pki),
  },
  {
    name: 'A CA expired on our path, and therefore on the server’s',
    make: async () => {
      const bench = await makeBench({ sub: { notAfter: inDays(-2) } });
      bench.isLenient = true;
      return bench;
    },
    cause: 'ca_expired',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_expired',
    ...chain,
    headline: /^The CA certificate “NHS INT Authentication G9” expired on/,
    first: /^Replace “NHS INT Authentication G9” in the CA bundle/,
  },
  {
    name: 'The bundle is in the wrong order',
    make: made((bench) => bench.write('ca_bundle.pem', bench.pki.sub.pem + bench.pki.root.pem)),
    cause: 'chain_order_wrong',
    consequences: [],
    alert: 'MeshChainOrderWrong',
    typed: true,
  },
  {
    name: 'A CA ends soon, and before the client certificate',
    make: () => makeBench({ sub: { notAfter: inDays(40) } }),
    cause: 'ca_expires_soon',
    consequences: ['ca_expires_before_client', 'server_certificate_expires_soon'],
    alert: 'MeshCaExpiresSoon',
  },
  {
    name: 'The bundle holds the client certificate',
    make: made((bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem + bench.pki.client.pem)),
    cause: 'bundle_contains_client_certificate',
    consequences: [],
    remedy: whole,
  },
  {
    name: 'The bundle holds a second generation, a certificate twice and one that has expired',
    make: made(async (bench) => {
      const other = await makePki({ sub: { cn: 'NHS INT Level 1C' }, root: { cn: 'NHS PTL Root Authority' } });
      const old = await makePki({ root: { cn: 'Old root', notAfter: inDays(-10) } });
      const { root, sub } = bench.pki;
      bench.write('ca_bundle.pem', root.pem + other.root.pem + old.root.pem + sub.pem + sub.pem);
    }),
    cause: undefined,
    consequences: [],
    information: ['bundle_duplicate_certificate', 'bundle_expired_certificate', 'bundle_unrelated_certificate'],
  },
  {
    name: 'The server’s certificate is of a new generation: add it, do not replace',
    make: made(async (bench) => {
      const next = await makePki();
      bench.server = await serverFor(next.sub);
      bench.serverChain = next.sub.pem;
      bench.write('next.pem', next.root.pem + next.sub.pem);
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'server_certificate_untrusted',
    alert: 'MeshHandshakeRefused',
    headline: /^MESH’s own certificate is from a CA that the bundle does not have/,
    first:
      /^Add “NHS INT Authentication G9” \(key identifier .*\) and “NHS PTL Root Authority G9” \(key identifier .*\) to the CA bundle .*do not replace anything/,
    remedy: async (bench) => {
      const { readFileSync } = await import('node:fs');
      const [root, sub] = readFileSync(bench.path('next.pem'), 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/);
      bench.write('ca_bundle.pem', bench.pki.root.pem + root + bench.pki.sub.pem + sub);
    },
  },
  {
    name: 'TLS is inspected on the way',
    make: made(async (bench) => {
      const proxy = await makePki({ root: { cn: 'Corporate Proxy Root' }, sub: { cn: 'Corporate Proxy CA' } });
      bench.server = await serverFor(proxy.sub);
      bench.serverChain = proxy.sub.pem;
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'server_certificate_untrusted',
    alert: 'MeshHandshakeRefused',
    headline: /“Corporate Proxy Root”: TLS is probably inspected/,
    first: /^Ask the network team to exempt localhost from TLS inspection.*Do not add it to the CA bundle/,
  },
  {
    name: 'TLS is inspected by a CA that the bundle has, so nobody asks for our certificate',
    make: made((bench) => {
      bench.asksForCertificate = false;
    }),
    cause: 'client_certificate_not_requested',
    consequences: [],
    alert: 'MeshClientCertificateNotRequested',
    first: /TLS is inspected/,
    remedy: (bench) => {
      bench.asksForCertificate = true;
    },
  },
];
