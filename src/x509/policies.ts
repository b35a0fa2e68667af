/** The extensions about certificate policies (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). */
import type { PolicyExtensions } from './certificate.ts';
import {
  children,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  oid,
  smallInteger,
  tags,
} from './der.ts';

/** Qualifiers are for people to read; the only requirement is that they are a SEQUENCE. */
export function certificatePolicies(value: DerValue, what: string): PolicyExtensions {
  const policies = entries(value, what).map((each) => {
    const fields = new Fields(each, what);
    const policy = oid(fields.any(what), what);
    fields.optional(tags.sequence);
    fields.end();
    return policy;
  });
  return { certificatePolicies: policies };
}

export function policyMappings(value: DerValue, what: string): PolicyExtensions {
  const mappings = entries(value, what).map((each) => {
    const fields = new Fields(each, what);
    const issuerDomainPolicy = oid(fields.any(what), what);
    const subjectDomainPolicy = oid(fields.any(what), what);
    fields.end();
    return { issuerDomainPolicy, subjectDomainPolicy };
  });
  return { policyMappings: mappings };
}

export function policyConstraints(value: DerValue, what: string): PolicyExtensions {
  const fields = new Fields(expectTag(value, tags.sequence, what), what);
  const [explicit, mapping] = [fields.optional(contextPrimitive(0)), fields.optional(contextPrimitive(1))];
  fields.end();
  return {
    policyConstraints: {
      ...(explicit ? { requireExplicitPolicy: smallInteger(explicit, what) } : {}),
      ...(mapping ? { inhibitPolicyMapping: smallInteger(mapping, what) } : {}),
    },
  };
}

export const inhibitAnyPolicy = (value: DerValue, what: string): PolicyExtensions => ({
  inhibitAnyPolicy: smallInteger(expectTag(value, tags.integer, what), what),
});

/** SIZE (1..MAX) OF SEQUENCE. */
function entries(value: DerValue, what: string): DerValue[] {
  const list = children(expectTag(value, tags.sequence, what), what);
  if (list.length === 0) throw new DerError(`${what} is empty`);
  return list.map((each) => expectTag(each, tags.sequence, what));
}
