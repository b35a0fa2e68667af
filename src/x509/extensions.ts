/** The extensions that decide something here (RFC 5280 §4.2). */
import { limits } from '../limits/index.ts';
import { counted } from '../text/index.ts';
import type { Certificate, KeyUsage, PolicyExtensions } from './certificate.ts';
import {
  bitString,
  boolean,
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  hex,
  oid,
  overLimit,
  readDer,
  smallInteger,
  tags,
} from './der.ts';
import { checkDistributionPoints } from './distribution-points.ts';
import { parseAlternativeNames, parseGeneralNames, parseNameConstraints } from './general-name.ts';
import { certificatePolicies, inhibitAnyPolicy, policyConstraints, policyMappings } from './policies.ts';
import { timeFrom } from './time.ts';

type Facts = PolicyExtensions &
  Pick<
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

interface Known {
  readonly name: string;
  readonly read: Reader;
  /** RFC 5280 requires it to be non-critical, and OpenSSL refuses it as unknown if it is critical. */
  readonly neverCritical?: true;
}

const readers: Readonly<Record<string, Known>> = {
  '2.5.29.14': { name: 'subject key identifier', read: subjectKeyIdentifier, neverCritical: true },
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
  // Nothing depends on them, so they may be critical. They are decoded because a malformed extension is refused.
  '2.5.29.31': {
    name: 'CRL distribution points',
    read: (value, what) => {
      checkDistributionPoints(value, what);
      return {};
    },
  },
  '2.5.29.32': { name: 'certificate policies', read: certificatePolicies },
  '2.5.29.33': { name: 'policy mappings', read: policyMappings },
  '2.5.29.35': { name: 'authority key identifier', read: authorityKeyIdentifier, neverCritical: true },
  '2.5.29.36': { name: 'policy constraints', read: policyConstraints },
  '2.5.29.37': { name: 'extended key usage', read: extendedKeyUsage },
  '2.5.29.54': { name: 'inhibit any-policy', read: inhibitAnyPolicy },
};
const privateKeyUsagePeriodOid = '2.5.29.16';

/** @throws {DerError} if one that decides something is malformed, or any occurs twice (RFC 5280 §4.2). */
export function parseExtensions(list: DerValue | undefined): ExtensionFacts {
  const extensionOids = new Set<string>();
  const unhandledCriticalExtensions: string[] = [];
  let facts: Facts & { alternativeNames: Certificate['alternativeNames'] } = { alternativeNames: [] };
  for (const each of list ? withinLimit(children(list, 'extensions')) : []) {
    const { id, critical, content } = extension(each);
    if (extensionOids.has(id)) throw new DerError(`extension ${id} occurs twice`);
    extensionOids.add(id);
    const reader = readers[id];
    if (reader) {
      const what = `extension ${reader.name}`;
      facts = { ...facts, ...reader.read(readDer(content, what), what, critical) };
    }
    if (critical && (!reader || reader.neverCritical)) unhandledCriticalExtensions.push(id);
    if (id === privateKeyUsagePeriodOid) facts = { ...facts, ...privateKeyUsagePeriod(content) };
  }
  return { ...facts, extensionOids: [...extensionOids], unhandledCriticalExtensions };
}

function withinLimit(extensions: DerValue[]): DerValue[] {
  if (extensions.length <= limits.extensions) return extensions;
  throw overLimit(
    `the certificate has ${counted(extensions.length)} extensions, more than the limit of ${limits.extensions}`,
  );
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

/** Issuer and serial number distinguish two certificates with one key; the search tries both anyway, so they are only decoded. */
function authorityKeyIdentifier(value: DerValue, what: string): Facts {
  const fields = new Fields(expectTag(value, tags.sequence, what), what);
  const identifier = fields.optional(contextPrimitive(0));
  const issuer = fields.optional(context(1));
  fields.optional(contextPrimitive(2));
  fields.end();
  if (issuer) parseGeneralNames(issuer, what);
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
