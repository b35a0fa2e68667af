/**
 * RFC 5280 §6.1: certificate policies, starting from any-policy, with no explicit policy required and nothing inhibited. That is what a
 * TLS library checks, if it checks policies at all. Policies fail a path only if a CA on it requires one.
 */
import type { Certificate } from '../../x509/index.ts';
import { labelOf } from '../label.ts';
import type { Failure, PathRule } from './rule.ts';

const anyPolicy = '2.5.29.32.0';

export const policyFailures: PathRule = ({ path, complete, work }) => {
  // §6.1: here the trust anchor is not part of the path.
  const certificates = path.slice(0, complete ? -1 : undefined).reverse();
  const [mapper] = certificates.slice(0, -1).filter(mapsAnyPolicy);
  if (mapper)
    return [failure(mapper, `${labelOf(mapper)} maps any-policy to another or another to it, which no CA may`)];
  // Without such a requirement, the number of certificates that may go without a policy never runs out.
  if (!certificates.some(({ policyConstraints }) => policyConstraints?.requireExplicitPolicy !== undefined)) return [];
  const state = new PolicyState(certificates.length);
  for (const [index, certificate] of certificates.entries()) {
    if (!work.spend(state.costOf(certificate)))
      return [failure(certificate, `the policies of ${labelOf(certificate)} are too many to process`)];
    state.process(certificate, index === certificates.length - 1);
    if (state.fails()) return [failure(certificate, state.reason())];
  }
  return [];
};

/** §6.1.4 (a). */
const mapsAnyPolicy = ({ policyMappings = [] }: Certificate) =>
  policyMappings.some((each) => each.issuerDomainPolicy === anyPolicy || each.subjectDomainPolicy === anyPolicy);

const failure = (certificate: Certificate, reason: string): Failure => ({
  code: 'chain_policy_invalid',
  certificate,
  message: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
});

/**
 * §6.1.2 to §6.1.5, for the tree's lowest level only: all that matters is whether the tree is empty, and it is empty if and only if its
 * lowest level is. So no bundle can make the tree larger than the policies of one certificate.
 */
class PolicyState {
  /** Each valid policy at this depth, with the policies that are expected below it. */
  #level = new Map<string, ReadonlySet<string>>([[anyPolicy, new Set([anyPolicy])]]);
  /** How many certificates may still follow until … (§6.1.2 (d), (e), (f)). */
  #explicitPolicy: number;
  #inhibitAnyPolicy: number;
  #policyMapping: number;
  #demandedBy: Certificate | undefined;
  #emptiedBy: Certificate | undefined;

  constructor(length: number) {
    this.#explicitPolicy = length + 1;
    this.#inhibitAnyPolicy = length + 1;
    this.#policyMapping = length + 1;
  }

  costOf({ certificatePolicies = [], policyMappings = [] }: Certificate): number {
    return certificatePolicies.length + policyMappings.length + this.#level.size;
  }

  process(certificate: Certificate, last: boolean): void {
    const before = this.#level.size;
    this.#level = this.#valid(certificate, this.#inhibitAnyPolicy > 0 || (!last && certificate.selfIssued));
    if (last) this.#wrapUp(certificate);
    // §6.1.3 (f) comes before §6.1.4: a path that has failed is not prepared for the next certificate.
    else if (!this.fails()) this.#prepare(certificate);
    if (before > 0 && this.#level.size === 0) this.#emptiedBy = certificate;
  }

  /** §6.1.3 (f), §6.1.5 (g). */
  fails(): boolean {
    return this.#explicitPolicy === 0 && this.#level.size === 0;
  }

  reason(): string {
    const [demand, gap] = [this.#demandedBy, this.#emptiedBy].map((each) => (each ? labelOf(each) : 'the path'));
    return `${demand} requires a certificate policy that is valid along the whole path, and from ${gap} on there is none`;
  }

  /** §6.1.3 (d), (e). */
  #valid({ certificatePolicies = [] }: Certificate, anyCounts: boolean): Map<string, ReadonlySet<string>> {
    const expected = new Set([...this.#level.values()].flatMap((policies) => [...policies]));
    const open = this.#level.has(anyPolicy);
    const named = certificatePolicies.filter((each) => each !== anyPolicy && (open || expected.has(each)));
    const inherited = anyCounts && certificatePolicies.includes(anyPolicy) ? expected : [];
    return new Map([...named, ...inherited].map((policy) => [policy, new Set([policy])]));
  }

  /** §6.1.4 (b), (h), (i), (j). */
  #prepare(certificate: Certificate): void {
    this.#map(certificate);
    if (!certificate.selfIssued) {
      this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
      this.#policyMapping = Math.max(0, this.#policyMapping - 1);
      this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1);
    }
    const { policyConstraints = {}, inhibitAnyPolicy } = certificate;
    const { requireExplicitPolicy, inhibitPolicyMapping } = policyConstraints;
    this.#demand(certificate, requireExplicitPolicy);
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping ?? this.#policyMapping);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, inhibitAnyPolicy ?? this.#inhibitAnyPolicy);
  }

  /** §6.1.4 (b): what a policy is called below this CA; if mapping is inhibited, a mapped policy ends here. */
  #map({ policyMappings = [] }: Certificate): void {
    const open = this.#level.has(anyPolicy);
    const byIssuerDomain = Map.groupBy(policyMappings, ({ issuerDomainPolicy }) => issuerDomainPolicy);
    for (const [policy, mappings] of byIssuerDomain) {
      if (this.#policyMapping === 0) this.#level.delete(policy);
      else if (open || this.#level.has(policy))
        this.#level.set(policy, new Set(mappings.map(({ subjectDomainPolicy }) => subjectDomainPolicy)));
    }
  }

  /** §6.1.5 (a), (b). */
  #wrapUp(certificate: Certificate): void {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
    if (certificate.policyConstraints?.requireExplicitPolicy === 0) this.#demand(certificate, 0);
  }

  #demand(certificate: Certificate, within: number | undefined): void {
    if (within === undefined || within >= this.#explicitPolicy) return;
    this.#explicitPolicy = within;
    this.#demandedBy = certificate;
  }
}
