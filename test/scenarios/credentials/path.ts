/** Finding a path, its signatures, and who may issue. */
import 'reflect-metadata';
import { Extension } from '@peculiar/x509';
import { sequence, tlv } from '../../../src/demo/der.ts';
import { type CertificateOptions, ca, date, leaf, type Made, oids } from '../../support/pki.ts';
import { noIdentifiers, type Scenario, three, versionOneRoot } from './making.ts';

const longer = { notAfter: date('2041-01-01') };

/** Two certificates of one sub CA: a sound one, and before it in the bundle one that lasts longer and is bent. */
const twins =
  (bend: CertificateOptions): Scenario['make'] =>
  async () => {
    const root = await ca({ cn: 'Root' });
    const sub = await ca({ cn: 'Sub', issuer: root });
    const other = await ca({ cn: 'Sub', issuer: root, keys: sub.keys, ...longer, ...bend });
    return { client: await leaf({ issuer: sub }), bundle: [root, other, sub] };
  };

export const pathScenarios: readonly Scenario[] = [
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
    findings: ['chain_critical_extension_unknown'] as const,
  })),
  {
    name: 'a subject key identifier that is critical',
    make: three({
      client: {
        subjectKeyIdentifier: null,
        extensions: [new Extension('2.5.29.14', true, tlv(0x04, Buffer.from('aa', 'hex')))],
      },
    }),
    findings: ['chain_critical_extension_unknown'],
  },
  {
    name: 'an authority key identifier that is critical',
    make: three({
      sub: { authorityKeyIdentifier: null, extensions: [new Extension('2.5.29.35', true, sequence())] },
    }),
    findings: ['chain_critical_extension_unknown'],
  },

  // Which of several paths
  {
    name: 'of two CAs of one name and key, the one that lasts longer for e-mail only',
    make: twins({ extendedKeyUsage: [oids.codeSigning] }),
    findings: ['bundle_unrelated_certificate'],
    openssl: 'refuses',
  },
  {
    name: 'of two CAs of one name and key, the one that lasts longer without keyCertSign',
    make: twins({ keyUsage: ['cRLSign'] }),
    findings: ['bundle_unrelated_certificate'],
    openssl: 'refuses',
  },
  {
    name: 'of two CAs of one name and key, the one that lasts longer signed with SHA-1',
    make: twins({ hash: 'SHA-1' }),
    findings: ['bundle_unrelated_certificate'],
    openssl: 'refuses',
  },
  {
    name: 'of two roots of one name and key, the one that lasts longer for e-mail only',
    make: async () => {
      const root = await ca({ cn: 'Root' });
      const other = await ca({ cn: 'Root', keys: root.keys, extendedKeyUsage: [oids.codeSigning], ...longer });
      return { client: await leaf({ issuer: root }), bundle: [other, root] };
    },
    findings: ['bundle_unrelated_certificate'],
    openssl: 'refuses',
  },
  {
    name: 'of two CAs of one name and key, the one that stands second for e-mail only',
    make: async () => {
      const { client, bundle } = await twins({ extendedKeyUsage: [oids.codeSigning] })();
      return { client, bundle: [bundle[0]!, bundle[2]!, bundle[1]!] };
    },
    findings: ['bundle_unrelated_certificate'],
  },
  {
    name: 'of two CAs of one name and key, the one that stands first ending first',
    make: async () => {
      const root = await ca({ cn: 'Root' });
      const sub = await ca({ cn: 'Sub', issuer: root, notAfter: date('2039-01-01') });
      const longer = await ca({ cn: 'Sub', issuer: root, keys: sub.keys });
      return { client: await leaf({ issuer: sub }), bundle: [root, sub, longer] };
    },
    findings: ['openssl_path_differs', 'bundle_unrelated_certificate'],
  },
  {
    name: 'thirteen certificates in a row',
    make: async () => {
      const bundle = [await ca({ cn: 'Root' })];
      for (let number = 1; number < 12; number += 1)
        bundle.push(await ca({ cn: `Sub ${number}`, issuer: bundle.at(-1)! }));
      return { client: await leaf({ issuer: bundle.at(-1)! }), bundle };
    },
    findings: [],
  },
];
