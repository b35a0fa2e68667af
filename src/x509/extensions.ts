/** The extensions that affect a verdict (RFC 5280 §4.2). */
import type { Certificate, KeyUsage } from './certificate.ts';
import {
  bitString,
  boolean,
  children,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  hex,
  oid,
  readDer,
  smallInteger,
  tags,
} from './der.ts';
import { parseAlternativeNames, parseNameConstraints } from './general-name.ts';
import { timeFrom } from './time.ts';

type Facts = Pick<
  Certificate,
  | 'basicConstraints'
  | 'keyUsage'
  | 'extendedKeyUsage'
  | 'subjectKeyIdentifier'
  | 'authorityKeyIdentifier'
  | 'nameConstraints'
  | 'privateKeyUsagePeriod'
>;
export type ExtensionFacts = Facts &
  Pick<Certificate, 'alternativeNames' | 'unhandledCriticalExtensions' | 'extensionOids'>;

type Reader = (value: DerValue, what: string, critical: boolean) => Facts & Partial<ExtensionFacts>;

const readers: Readonly<Record<string, { readonly name: string; readonly read: Reader }>> = {
  '2.5.29.14': { name: 'subject key identifier', read: subjectKeyIdentifier },
  '2.5.29.15': { name: 'key usage', read: keyUsage },
  '2.5.29.17': {
    name: 'subject alternative name',
    read: (value, what) => ({ alternativeNames: parseAlternativeNames(value, what) }),
  },
  '2.5.29.19': { name: 'basic constraints', read: basicConstraints },
  '2.5.29.30': {
    name: 'name constraints',
    read: (value, what, critical) => ({ nameConstraints: { critical, ...parseNameConstraints(value, what) } }),
  },
  '2.5.29.35': { name: 'authority key identifier', read: authorityKeyIdentifier },
  '2.5.29.37': { name: 'extended key usage', read: extendedKeyUsage },
};
const privateKeyUsagePeriodOid = '2.5.29.16';

/**
 * Critical extensions that are not a reason to reject. Certificate policies: we start from any-policy and require none (RFC 5280 §6.1.1 (c),
 * (e)), so on their own they cannot fail a path. CRL distribution points say where to ask, not whom to trust. Policy mappings, policy
 * constraints and inhibit any-policy are not included, because they would need the policy tree.
 */
const harmless: ReadonlySet<string> = new Set(['2.5.29.31', '2.5.29.32']);

/** @throws {DerError} if one that affects a verdict is malformed, or any appears twice (RFC 5280 §4.2). */
export function parseExtensions(list: DerValue | undefined): ExtensionFacts {
  const extensionOids = new Set<string>();
  const unhandledCriticalExtensions: string[] = [];
  let facts: Facts & { alternativeNames: Certificate['alternativeNames'] } = { alternativeNames: [] };
  for (const each of list ? children(list, 'extensions') : []) {
    const { id, critical, content } = extension(each);
    if (extensionOids.has(id)) throw new DerError(`extension ${id} is there twice`);
    extensionOids.add(id);
    const reader = readers[id];
    if (reader) {
      const what = `extension ${reader.name}`;
      facts = { ...facts, ...reader.read(readDer(content, what), what, critical) };
    } else if (critical && !harmless.has(id)) unhandledCriticalExtensions.push(id);
    if (id === privateKeyUsagePeriodOid) facts = { ...facts, ...privateKeyUsagePeriod(content) };
  }
  return { ...facts, extensionOids: [...extensionOids], unhandledCriticalExtensions };
}

function extension(value: DerValue): { id: string; critical: boolean; content: Uint8Array } {
  const fields = new Fields(expectTag(value, tags.sequence, 'an extension'), 'an extension');
  const id = oid(fields.any('the OID of an extension'), 'the OID of an extension');
  const flag = fields.optional(tags.boolean);
  const content = fields.take(tags.octetString, `the value of extension ${id}`).body;
  fields.end();
  return { id, critical: flag ? boolean(flag, `the critical flag of extension ${id}`) : false, content };
}

function basicConstraints(value: DerValue, what: string, critical: boolean): Facts {
  const fields = new Fields(expectTag(value, tags.sequence, what), what);
  const flag = fields.optional(tags.boolean);
  const limit = fields.optional(tags.integer);
  fields.end();
  const ca = flag ? boolean(flag, what) : false;
  return { basicConstraints: { critical, ca, ...(limit ? { pathLength: smallInteger(limit, what) } : {}) } };
}

/** In bit order (RFC 5280 §4.2.1.3). */
const usageBits: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

function keyUsage(value: DerValue, what: string, critical: boolean): Facts {
  const { bytes } = bitString(value, what);
  const usages = usageBits.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  return { keyUsage: { critical, usages: new Set(usages) } };
}

function extendedKeyUsage(value: DerValue, what: string, critical: boolean): Facts {
  const purposes = children(expectTag(value, tags.sequence, what), what).map((each) => oid(each, what));
  return { extendedKeyUsage: { critical, purposes: new Set(purposes) } };
}

function subjectKeyIdentifier(value: DerValue, what: string): Facts {
  return { subjectKeyIdentifier: hex(expectTag(value, tags.octetString, what).body) };
}

function authorityKeyIdentifier(value: DerValue, what: string): Facts {
  const identifier = new Fields(expectTag(value, tags.sequence, what), what).optional(contextPrimitive(0));
  return identifier ? { authorityKeyIdentifier: hex(identifier.body) } : {};
}

/** RFC 3280 §4.2.1.4; removed in RFC 5280, and does not affect a verdict. So if it is malformed it is simply not shown. */
function privateKeyUsagePeriod(content: Uint8Array): Facts {
  try {
    const what = 'extension private key usage period';
    const fields = new Fields(expectTag(readDer(content, what), tags.sequence, what), what);
    const [from, to] = [fields.optional(contextPrimitive(0)), fields.optional(contextPrimitive(1))];
    return {
      privateKeyUsagePeriod: {
        ...(from ? { notBefore: timeFrom(from.body, tags.generalizedTime, what) } : {}),
        ...(to ? { notAfter: timeFrom(to.body, tags.generalizedTime, what) } : {}),
      },
    };
  } catch (error) {
    if (error instanceof DerError) return {};
    throw error;
  }
}
