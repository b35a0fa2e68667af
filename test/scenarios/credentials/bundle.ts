/** The order of the bundle, and what else stands in it. */
import { ca, leaf } from '../../support/pki.ts';
import { past, reversed, type Scenario, three } from './making.ts';

export const bundleScenarios: readonly Scenario[] = [
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
];
