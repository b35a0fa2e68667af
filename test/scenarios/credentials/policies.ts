/** Certificate policies (RFC 5280 §6.1). OpenSSL looks at them only when asked to, and TLS does not ask. */
import {
  anyPolicy,
  certificatePolicies,
  inhibitAnyPolicy,
  policyConstraints,
  policyMappings,
} from '../../support/extensions.ts';
import { type CertificateOptions, ca, leaf } from '../../support/pki.ts';
import type { Scenario } from './making.ts';

type Extensions = NonNullable<CertificateOptions['extensions']>;

const [one, two] = ['1.3.6.1.4.1.99999.1.1', '1.3.6.1.4.1.99999.1.2'] as const;
const require = (within: number) => policyConstraints({ requireExplicitPolicy: within });
const of = (...policies: string[]) => certificatePolicies(policies);

/** Root, sub CA, issuing CA and client, each with these extensions. */
const path =
  (sub: Extensions, issuing: Extensions, client: Extensions): Scenario['make'] =>
  async () => {
    const root = await ca({ cn: 'Root' });
    const one = await ca({ cn: 'Sub', issuer: root, extensions: sub });
    const two = await ca({ cn: 'Issuing', issuer: one, extensions: issuing });
    return { client: await leaf({ issuer: two, extensions: client }), bundle: [root, one, two] };
  };
const passes = (name: string, ...extensions: Parameters<typeof path>): Scenario => ({
  name,
  make: path(...extensions),
  findings: [],
});
const fails = (name: string, ...extensions: Parameters<typeof path>): Scenario => ({
  name,
  make: path(...extensions),
  findings: ['chain_policy_invalid'],
  openssl: 'accepts',
});

export const policyScenarios: readonly Scenario[] = [
  passes('different policies that nobody asks for', [of(one)], [of(two)], [of(one)]),
  passes('one policy all along, as the sub CA requires', [require(0), of(one)], [of(one)], [of(one)]),
  fails('another policy on the client than the sub CA requires', [require(0), of(one)], [of(one)], [of(two)]),
  fails('no policy on the client though the sub CA requires one', [require(0), of(one)], [of(one)], []),
  passes('a policy required only below the client', [require(3)], [], []),
  fails('a policy required of the client by its own extension', [], [], [require(0)]),
  passes('any policy in the middle', [require(0), of(one)], [of(anyPolicy)], [of(one)]),
  fails(
    'any policy in the middle where the sub CA inhibits it',
    [require(0), inhibitAnyPolicy(0), of(one)],
    [of(anyPolicy)],
    [of(one)],
  ),
  passes('a policy that the issuing CA maps', [require(0), of(one)], [of(one), policyMappings([one, two])], [of(two)]),
  fails(
    'a policy that the issuing CA has mapped to another',
    [require(0), of(one)],
    [of(one), policyMappings([one, two])],
    [of(one)],
  ),
  fails(
    'a mapping that the sub CA inhibits',
    [policyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 0 }), of(one)],
    [of(one), policyMappings([one, two])],
    [of(two)],
  ),
  fails('a mapping to any policy', [of(one)], [of(one), policyMappings([one, anyPolicy])], [of(one)]),
  passes('critical certificate policies', [], [], [certificatePolicies([one], true)]),
];
