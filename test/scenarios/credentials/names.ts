/** Names, what constrains them, and whose key it is. */
import { keysFor } from '../../support/pki.ts';
import { constrained, type Scenario, three } from './making.ts';

export const nameScenarios: readonly Scenario[] = [
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
