/** Rules of RFC 5280 and of OpenSSL that a certificate on the path breaks, and checks that come to no end. */
import { sequence, tlv } from '../../../src/demo/der.ts';
import { here } from '../../../src/examine/bench.ts';
import { benchInThreads } from '../../../src/examine/threads.ts';
import { toPem } from '../../../src/x509/pem.ts';
import { policyConstraints } from '../../support/extensions.ts';
import { type Bench, inDays, makeBench, type Pki } from '../../support/faults/bench.ts';
import { type CertificateOptions, ca, copies, keysFor, leaf, oids } from '../../support/pki.ts';
import { explicitCurve, leafOnly } from '../credentials/making.ts';
import type { Fault } from './fault.ts';

const made = (change: (bench: Bench) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};
const bent = (bend: Partial<Record<keyof Pki, CertificateOptions>>) => () => makeBench(bend);
const ours = {
  consequences: ['handshake_failed'],
  reason: 'client_certificate_rejected',
  alert: 'MeshChainInvalid',
} as const;
const unusable = {
  consequences: ['handshake_failed'],
  reason: 'credential_unusable',
  alert: 'MeshCredentialInvalid',
} as const;

/** PBES2 with as many rounds as take seconds. */
function slowKey(): string {
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  const rounds = tlv(0x02, Buffer.from('1cfde0', 'hex'));
  const derivation = sequence(oid('2a864886f70d01050c'), sequence(tlv(0x04, Buffer.alloc(8)), rounds));
  const cipher = sequence(oid('60864801650304012a'), tlv(0x04, Buffer.alloc(16)));
  const scheme = sequence(oid('2a864886f70d01050d'), sequence(derivation, cipher));
  return toPem(sequence(scheme, tlv(0x04, Buffer.alloc(32))), 'ENCRYPTED PRIVATE KEY');
}

export const pathFaults: readonly Fault[] = [
  {
    name: 'The signature on the issuing CA is not valid',
    make: bent({ sub: { breakSignature: true } }),
    cause: 'chain_signature_invalid',
    ...ours,
  },
  {
    name: 'The issuing certificate is not a CA’s',
    make: bent({ sub: { isCa: null } }),
    cause: 'chain_not_a_ca',
    ...ours,
  },
  {
    name: 'The path is longer than the root allows',
    make: bent({ root: { pathLength: 0 } }),
    cause: 'chain_path_length_exceeded',
    ...ours,
  },
  {
    name: 'The issuing CA may not sign certificates',
    make: bent({ sub: { keyUsage: ['digitalSignature'] } }),
    cause: 'chain_key_usage_invalid',
    ...ours,
  },
  {
    name: 'The certificate has a critical extension that nobody knows',
    make: bent({ client: { unknownCritical: [oids.nobodyKnows] } }),
    cause: 'chain_critical_extension_unknown',
    ...ours,
  },
  {
    name: 'The certificate requires a policy that it does not have',
    make: bent({ client: { extensions: [policyConstraints({ requireExplicitPolicy: 0 })] } }),
    cause: 'chain_policy_invalid',
    consequences: ['verifiers_disagree'],
    alert: 'MeshChainInvalid',
  },
  {
    name: 'The certificate has a name that its CA may not give',
    make: bent({
      sub: { nameConstraints: { permitted: [{ dns: 'localhost' }] } },
      client: { names: ['elsewhere.example'] },
    }),
    cause: 'chain_name_constraint_violated',
    ...ours,
  },
  {
    name: 'The bundle has hundreds of CAs of one name',
    make: made(async (bench) => {
      const plain = { cn: 'Crowd', issuer: bench.pki.root, subjectKeyIdentifier: null, authorityKeyIdentifier: null };
      const slow = await ca({ ...plain, keys: await keysFor('ec-p521', 'slow') });
      const crowd = copies(slow, bench.pki.root.keys, 400);
      const issuer = { ...slow, keys: await keysFor('ec-p256', 'not in the crowd') };
      const client = await leaf({ issuer, authorityKeyIdentifier: null, notAfter: inDays(700) });
      bench.deploy({ ...bench.pki, client });
      bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem + crowd.map(({ pem }) => pem).join(''));
    }),
    cause: 'path_search_over_limit',
    ...ours,
  },
  {
    name: 'The issuing CA is not valid yet',
    make: bent({ sub: { notBefore: inDays(3) } }),
    cause: 'ca_not_yet_valid',
    ...ours,
  },
  {
    name: 'OpenSSL takes another path, which ends earlier',
    make: made(async (bench) => {
      const { root, sub, client } = bench.pki;
      const longer = await ca({
        subject: sub.subject,
        issuer: root,
        keys: sub.keys,
        pathLength: 0,
        notBefore: inDays(-10),
        notAfter: inDays(5000),
      });
      bench.deploy(bench.pki);
      bench.write('client.pem', client.pem);
      bench.write('ca_bundle.pem', root.pem + sub.pem + longer.pem);
    }),
    cause: undefined,
    consequences: [],
    information: ['bundle_unrelated_certificate', 'openssl_path_differs'],
  },
  {
    name: 'The key is on a curve that we accept and TLS does not use',
    make: bent({ client: { keys: leafOnly('ec', { namedCurve: 'secp256k1' }) } }),
    cause: 'verifiers_disagree',
    consequences: ['handshake_failed'],
    reason: 'tls_protocol_mismatch',
    alert: 'MeshCredentialInvalid',
    headline: /^OpenSSL cannot use these files/,
  },
  {
    name: 'OpenSSL comes to no verdict in time',
    make: made((bench) => {
      bench.examining = {
        ...here,
        judge: (credential, policy, _, now) => here.judge(credential, policy, { rehearsedAt: now }, now),
      };
    }),
    cause: 'rehearsal_without_verdict',
    consequences: [],
    alert: 'MeshVerifiersDisagree',
  },
  {
    name: 'The key takes longer to decrypt than a check may take',
    make: made((bench) => {
      bench.write('private_key.pem', slowKey(), 0o600);
      bench.examining = benchInThreads(100);
    }),
    cause: 'check_given_up',
    ...unusable,
    alert: 'MeshCredentialUnreadable',
  },
  {
    name: 'The key is RSA with 1024 bits',
    make: async () => makeBench({ client: { keys: await keysFor('rsa-1024') } }),
    cause: 'weak_key',
    ...unusable,
  },
  {
    name: 'The certificate is signed with SHA-1',
    make: bent({ client: { hash: 'SHA-1' } }),
    cause: 'weak_signature_algorithm',
    ...unusable,
  },
  {
    name: 'The certificate spells its curve out instead of naming it',
    make: async () => makeBench({ client: { keys: explicitCurve() } }),
    cause: 'public_key_unusable',
    ...unusable,
  },
];
