/**
 * One list of credentials, good and bad, with what is to be said of each at any time from 2022 to 2034. It feeds the tests of the
 * rules, of the two verifiers against each other, and of whatever else wants a credential in a certain state.
 */
import 'reflect-metadata';
import { generateKeyPairSync, sign } from 'node:crypto';
import { Name } from '@peculiar/x509';
import { sequence, tlv } from '../../src/demo/der.ts';
import { spkiOf } from '../../src/demo/keys.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import { type CertificateOptions, ca, date, type KeyPair, keysFor, leaf, type Made, oids } from '../support/pki.ts';

export interface Scenario {
  readonly name: string;
  readonly make: () => Promise<{ client: Made; key?: KeyPair; bundle: readonly { der: Uint8Array; pem: string }[] }>;
  /** Every finding below `verifiers_disagree`, in any order. None: a faultless credential. */
  readonly findings: readonly FindingCode[];
  /** OpenSSL's verdict, where it is not ours. */
  readonly openssl?: 'accepts' | 'refuses';
}

const past = { notBefore: date('2020-01-01'), notAfter: date('2021-01-01') };
const future = { notBefore: date('2035-01-01'), notAfter: date('2039-01-01') };
const noIdentifiers = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };

/** A root, a sub CA and a client, each bent as told. */
const three =
  (bend: { root?: CertificateOptions; sub?: CertificateOptions; client?: CertificateOptions } = {}): Scenario['make'] =>
  async () => {
    const root = await ca({ cn: 'Root', ...bend.root });
    const sub = await ca({ cn: 'Sub', issuer: root, pathLength: 0, ...bend.sub });
    return { client: await leaf({ issuer: sub, ...bend.client }), bundle: [root, sub] };
  };

const constrained = (nameConstraints: CertificateOptions['nameConstraints'], client: CertificateOptions = {}) =>
  three({ sub: { ...(nameConstraints ? { nameConstraints } : {}) }, client });

export const scenarios: readonly Scenario[] = [
  { name: 'root, sub CA and client', make: three(), findings: [] },
  {
    name: 'a client straight from the root',
    make: async () => {
      const root = await ca({ cn: 'Root' });
      return { client: await leaf({ issuer: root }), bundle: [root] };
    },
    findings: [],
  },
  {
    name: 'three CAs within their path lengths',
    make: async () => {
      const root = await ca({ cn: 'Root', pathLength: 2 });
      const one = await ca({ cn: 'One', issuer: root, pathLength: 1 });
      const two = await ca({ cn: 'Two', issuer: one, pathLength: 0 });
      return { client: await leaf({ issuer: two }), bundle: [root, one, two] };
    },
    findings: [],
  },
  {
    name: 'no key identifiers anywhere',
    make: three({ root: noIdentifiers, sub: noIdentifiers, client: noIdentifiers }),
    findings: [],
  },
  {
    name: 'issuer names in another case and string type',
    make: async () => {
      const root = await ca({
        subject: [{ O: [{ printableString: 'NHS' }] }, { CN: [{ utf8String: 'Root  Authority' }] }],
      });
      const sub = await ca({
        cn: 'Sub',
        issuer: root,
        issuerName: [{ O: [{ utf8String: 'nhs' }] }, { CN: [{ printableString: 'ROOT authority' }] }],
      });
      return { client: await leaf({ issuer: sub }), bundle: [root, sub] };
    },
    findings: [],
  },

  // Order and what else stands in the bundle
  {
    name: 'the bundle sub CA first',
    make: async () => reversed(await three()()),
    findings: ['chain_order_wrong'],
  },
  {
    name: 'the bundle with the client in it',
    make: async () => {
      const { client, bundle } = await three()();
      return { client, bundle: [...bundle, client] };
    },
    findings: ['bundle_contains_client_certificate'],
  },
  {
    name: 'the bundle with a certificate twice',
    make: async () => {
      const { client, bundle } = await three()();
      return { client, bundle: [...bundle, bundle[0]!] };
    },
    findings: ['bundle_duplicate_certificate'],
  },
  {
    name: 'the bundle with a stranger and an expired stranger',
    make: async () => {
      const { client, bundle } = await three()();
      return { client, bundle: [...bundle, await ca({ cn: 'Stranger' }), await ca({ cn: 'Old stranger', ...past })] };
    },
    findings: ['bundle_unrelated_certificate', 'bundle_expired_certificate'],
  },
  {
    name: 'an expired sub CA beside its renewal with the same key',
    make: async () => {
      const root = await ca({ cn: 'Root' });
      const old = await ca({ cn: 'Sub', issuer: root, ...past });
      const sub = await ca({ cn: 'Sub', issuer: root, keys: old.keys });
      return { client: await leaf({ issuer: sub }), bundle: [root, old, sub] };
    },
    findings: ['bundle_expired_certificate'],
  },

  // Finding a path
  {
    name: 'the sub CA missing',
    make: async () => {
      const { client, bundle } = await three()();
      return { client, bundle: bundle.slice(0, 1) };
    },
    findings: ['chain_incomplete'],
  },
  {
    name: 'the root missing',
    make: async () => {
      const { client, bundle } = await three()();
      return { client, bundle: bundle.slice(1) };
    },
    findings: ['chain_untrusted'],
  },
  {
    name: 'another generation of the sub CA, told apart by key identifiers',
    make: async () => {
      const { client, bundle } = await three()();
      const root = bundle[0] as Made;
      return { client, bundle: [root, await ca({ cn: 'Sub', issuer: root })] };
    },
    findings: ['chain_incomplete'],
  },
  {
    name: 'another generation of the sub CA, without key identifiers',
    make: async () => {
      const { client, bundle } = await three({ client: noIdentifiers })();
      const root = bundle[0] as Made;
      return { client, bundle: [root, await ca({ cn: 'Sub', issuer: root, ...noIdentifiers })] };
    },
    findings: ['chain_signature_invalid'],
  },
  {
    name: 'both generations of the sub CA, told apart by key identifiers',
    make: async () => {
      const { client, bundle } = await three()();
      const other = await ca({ cn: 'Sub', issuer: bundle[0] as Made, notAfter: date('2041-01-01') });
      return { client, bundle: [bundle[0]!, other, bundle[1]!] };
    },
    findings: ['bundle_unrelated_certificate'],
  },
  {
    // OpenSSL follows one issuer and never comes back to another (the one that lasts longest).
    name: 'both generations of the sub CA, without key identifiers, the wrong one lasting longer',
    make: async () => {
      const { client, bundle } = await three({ sub: noIdentifiers, client: noIdentifiers })();
      const other = await ca({ cn: 'Sub', issuer: bundle[0] as Made, ...noIdentifiers, notAfter: date('2041-01-01') });
      return { client, bundle: [bundle[0]!, other, bundle[1]!] };
    },
    findings: ['bundle_unrelated_certificate'],
    openssl: 'refuses',
  },
  {
    name: 'CAs that certify each other, and a root above one of them',
    make: async () => {
      const root = await ca({ cn: 'Root' });
      const one = await ca({ cn: 'One', issuer: root });
      const two = await ca({ cn: 'Two', issuer: one });
      const oneByTwo = await ca({ cn: 'One', issuer: two, keys: one.keys, notAfter: date('2041-01-01') });
      return { client: await leaf({ issuer: one }), bundle: [root, one, two, oneByTwo] };
    },
    findings: ['bundle_unrelated_certificate', 'bundle_unrelated_certificate'],
  },
  {
    name: 'CAs that certify each other, and no root',
    make: async () => {
      const one = await ca({ cn: 'One' });
      const two = await ca({ cn: 'Two', issuer: one });
      const oneByTwo = await ca({ cn: 'One', issuer: two, keys: one.keys });
      return { client: await leaf({ issuer: two }), bundle: [two, oneByTwo] };
    },
    findings: ['chain_untrusted'],
  },
  {
    name: 'a root whose new key is certified by its old one, within a path length that self-issued certificates do not use up',
    make: async () => {
      const old = await ca({ cn: 'Root', pathLength: 1 });
      const rollover = await ca({ cn: 'Root', issuer: old });
      const sub = await ca({ cn: 'Sub', issuer: rollover });
      return { client: await leaf({ issuer: sub }), bundle: [old, rollover, sub] };
    },
    findings: [],
  },
  {
    name: 'a self-signed client',
    make: async () => ({ client: await leaf({}), bundle: [await ca({ cn: 'Root' })] }),
    findings: ['chain_untrusted'],
  },
  {
    name: 'a self-signed client that stands in the bundle',
    make: async () => {
      const client = await leaf({});
      return { client, bundle: [client] };
    },
    findings: ['chain_untrusted', 'bundle_contains_client_certificate'],
    openssl: 'accepts',
  },

  // Signatures
  {
    name: 'a damaged signature on the client',
    make: three({ client: { breakSignature: true } }),
    findings: ['chain_signature_invalid'],
  },
  {
    name: 'a damaged signature on the sub CA',
    make: three({ sub: { breakSignature: true } }),
    findings: ['chain_signature_invalid'],
  },
  {
    name: 'a damaged signature on the root',
    make: three({ root: { breakSignature: true } }),
    findings: ['chain_signature_invalid'],
    openssl: 'accepts',
  },

  // Who may issue
  {
    name: 'a sub CA with cA false',
    make: three({ sub: { isCa: false, pathLength: undefined } }),
    findings: ['chain_not_a_ca'],
  },
  { name: 'a sub CA without basic constraints', make: three({ sub: { isCa: null } }), findings: ['chain_not_a_ca'] },
  {
    // OpenSSL takes keyCertSign for proof enough on a trust anchor.
    name: 'a root without basic constraints',
    make: three({ root: { isCa: null } }),
    findings: ['chain_not_a_ca'],
    openssl: 'accepts',
  },
  { name: 'a root of version 1', make: versionOneRoot, findings: [] },
  {
    name: 'one CA more than the root allows',
    make: three({ root: { pathLength: 0 } }),
    findings: ['chain_path_length_exceeded'],
  },
  {
    name: 'a sub CA without keyCertSign',
    make: three({ sub: { keyUsage: ['cRLSign'] } }),
    findings: ['chain_key_usage_invalid'],
  },
  {
    name: 'a root without keyCertSign',
    make: three({ root: { keyUsage: ['cRLSign'] } }),
    findings: ['chain_key_usage_invalid'],
  },
  { name: 'CAs without key usage', make: three({ root: { keyUsage: null }, sub: { keyUsage: null } }), findings: [] },
  ...(['client', 'sub', 'root'] as const).map((who) => ({
    name: `an unknown critical extension on the ${who}`,
    make: three({ [who]: { unknownCritical: [oids.nobodyKnows] } }),
    findings: ['chain_key_usage_invalid'] as const,
  })),

  // Name constraints
  {
    name: 'a DNS name inside the permitted ones',
    make: constrained({ permitted: [{ dns: 'nhs.uk' }] }, { names: ['mesh.nhs.uk'] }),
    findings: [],
  },
  {
    name: 'a DNS name outside the permitted ones',
    make: constrained({ permitted: [{ dns: 'nhs.uk' }] }, { names: ['mesh.example'] }),
    findings: ['chain_name_constraint_violated'],
  },
  {
    name: 'a DNS name that only ends in the same letters',
    make: constrained({ permitted: [{ dns: 'nhs.uk' }] }, { names: ['notnhs.uk'] }),
    findings: ['chain_name_constraint_violated'],
  },
  {
    name: 'an excluded DNS name',
    make: constrained({ excluded: [{ dns: 'test.nhs.uk' }] }, { names: ['a.TEST.nhs.uk'] }),
    findings: ['chain_name_constraint_violated'],
  },
  {
    name: 'a common name outside the permitted DNS names',
    make: constrained({ permitted: [{ dns: 'example' }] }),
    findings: ['chain_name_constraint_violated'],
  },
  {
    name: 'an IP address inside the permitted network',
    make: constrained({ permitted: [{ ip: [10, 0, 0, 0, 255, 0, 0, 0] }] }, { names: ['10.1.2.3', 'a.nhs.uk'] }),
    findings: [],
  },
  {
    name: 'an IP address outside the permitted network',
    make: constrained({ permitted: [{ ip: [10, 0, 0, 0, 255, 0, 0, 0] }] }, { names: ['11.1.2.3', 'a.nhs.uk'] }),
    findings: ['chain_name_constraint_violated'],
  },
  {
    name: 'a constraint on names that the client does not have',
    make: constrained({ permitted: [{ email: 'nhs.net' }] }),
    findings: [],
  },

  // Time
  { name: 'an expired client', make: three({ client: past }), findings: ['certificate_expired'] },
  { name: 'a client from the future', make: three({ client: future }), findings: ['certificate_not_yet_valid'] },
  { name: 'an expired sub CA', make: three({ sub: past }), findings: ['ca_expired'] },
  { name: 'an expired root', make: three({ root: past }), findings: ['ca_expired'] },
  { name: 'a sub CA from the future', make: three({ sub: future }), findings: ['ca_not_yet_valid'] },
  {
    name: 'a sub CA that ends first',
    make: three({ sub: { notAfter: date('2036-01-01') } }),
    findings: ['ca_expires_before_client'],
  },
  {
    name: 'everything expired',
    make: three({ root: past, sub: past, client: past }),
    findings: ['ca_expired', 'ca_expired', 'certificate_expired'],
  },

  // Strength and purpose
  { name: 'a client with RSA 1024', make: withKey('rsa-1024', 'client'), findings: ['weak_key'] },
  { name: 'a sub CA with RSA 1024', make: withKey('rsa-1024', 'sub'), findings: ['weak_key'] },
  { name: 'a root with RSA 1024', make: withKey('rsa-1024', 'root'), findings: ['weak_key'] },
  { name: 'a client with RSA 2048', make: withKey('rsa-2048', 'client'), findings: [] },
  { name: 'a client with P-384', make: withKey('ec-p384', 'client'), findings: [] },
  { name: 'a client with P-521', make: withKey('ec-p521', 'client'), findings: [] },
  { name: 'a client with Ed25519', make: withKey('ed25519', 'client'), findings: [] },
  { name: 'a root with Ed25519', make: withKey('ed25519', 'root'), findings: [] },
  {
    name: 'a client on a curve of 224 bits',
    make: three({ client: { keys: leafOnly('ec', { namedCurve: 'secp224r1' }) } }),
    findings: ['weak_key'],
  },
  {
    name: 'a client on a curve that TLS does not use',
    make: three({ client: { keys: leafOnly('ec', { namedCurve: 'secp256k1' }) } }),
    findings: [],
    openssl: 'refuses',
  },
  {
    name: 'a client with a DSA key',
    make: three({ client: { keys: leafOnly('dsa', { modulusLength: 2048, divisorLength: 256 }) } }),
    findings: ['weak_key'],
  },
  {
    name: 'a client with RSA-PSS',
    make: three({ client: { keys: leafOnly('rsa-pss', { modulusLength: 2048 }) } }),
    findings: [],
  },
  { name: 'a client signed with SHA-1', make: signedWithSha1('client'), findings: ['weak_signature_algorithm'] },
  { name: 'a sub CA signed with SHA-1', make: signedWithSha1('sub'), findings: ['weak_signature_algorithm'] },
  { name: 'a root signed by itself with SHA-1', make: signedWithSha1('root'), findings: [] },
  {
    name: 'a client for servers only',
    make: three({ client: { extendedKeyUsage: [oids.serverAuth] } }),
    findings: ['client_auth_not_permitted'],
  },
  {
    name: 'a client for any purpose, and none by name',
    make: three({ client: { extendedKeyUsage: [oids.anyExtendedKeyUsage] } }),
    findings: ['client_auth_not_permitted'],
  },
  { name: 'a client without extended key usage', make: three({ client: { extendedKeyUsage: null } }), findings: [] },
  {
    name: 'a sub CA for servers only',
    make: three({ sub: { extendedKeyUsage: [oids.serverAuth] } }),
    findings: ['client_auth_not_permitted'],
  },
  { name: 'a sub CA for clients only', make: three({ sub: { extendedKeyUsage: [oids.clientAuth] } }), findings: [] },
  {
    name: 'a client that may only encipher keys',
    make: three({ client: { keyUsage: ['keyEncipherment'] } }),
    findings: ['digital_signature_not_permitted'],
  },
  {
    name: 'a client that may only agree on keys',
    make: three({ client: { keyUsage: ['keyAgreement'] } }),
    findings: ['digital_signature_not_permitted'],
    openssl: 'accepts',
  },
  { name: 'a client without key usage', make: three({ client: { keyUsage: null } }), findings: [] },

  // Key and name
  {
    name: 'a key that belongs to another certificate',
    make: async () => ({ ...(await three()()), key: await keysFor('ec-p256', 'another') }),
    findings: ['key_mismatch'],
  },
  {
    name: 'a key of another kind',
    make: async () => ({ ...(await three()()), key: await keysFor('rsa-2048', 'another') }),
    findings: ['key_mismatch'],
  },
  {
    name: 'a common name of another form',
    make: three({ client: { cn: 'mesh.example' } }),
    findings: ['common_name_malformed'],
  },
];

const reversed = <T extends { bundle: readonly unknown[] }>(made: T): T => ({
  ...made,
  bundle: [...made.bundle].reverse(),
});

function withKey(kind: Parameters<typeof keysFor>[0], who: 'root' | 'sub' | 'client'): Scenario['make'] {
  return async () => three({ [who]: { keys: await keysFor(kind) } })();
}

/** OpenSSL signs with SHA-1 for RSA and ECDSA alike; the issuer's key decides which. */
function signedWithSha1(who: 'root' | 'sub' | 'client'): Scenario['make'] {
  return three({ [who]: { hash: 'SHA-1' } });
}

/** A key that can stand in an end entity's certificate, whatever its kind: only issuers need one that the maker can sign with. */
function leafOnly(type: string, options: object): KeyPair {
  const generate = generateKeyPairSync as unknown as (type: string, options: object) => Omit<KeyPair, 'kind'>;
  return { kind: 'ec-p256', ...generate(type, options) };
}

/** Before version 3 there were no extensions (RFC 5280 §4.1.2.1); roots of that time are still about. */
async function versionOneRoot(): ReturnType<Scenario['make']> {
  const keys = await keysFor('ec-p256', 'version 1');
  const subject = [{ CN: ['Root of version 1'] }];
  const name = Buffer.from(new Name(subject).toArrayBuffer());
  const ecdsaWithSha256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const utcTime = (text: string) => tlv(0x17, Buffer.from(text));
  const validity = sequence(utcTime('200101000000Z'), utcTime('400101000000Z'));
  const tbs = sequence(tlv(0x02, Buffer.from([1])), ecdsaWithSha256, name, validity, name, spkiOf(keys.publicKey));
  const signature = sign('sha256', tbs, keys.privateKey);
  const der = sequence(tbs, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const sub = await ca({ cn: 'Sub', issuer: { keys, subject }, authorityKeyIdentifier: null });
  return { client: await leaf({ issuer: sub }), bundle: [{ der, pem }, sub] };
}
