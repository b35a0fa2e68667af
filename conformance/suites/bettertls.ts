/**
 * Netflix BetterTLS, as `bettertls export-tests` writes it, with the `definition` of each name constraint test next to its certificates.
 * The suite judges a client that expects one host name; here all the names in the certificate are tested.
 */
import type { Case } from '../case.ts';
import { read, toPem } from '../certificates.ts';

interface Exported {
  readonly trustRoot: string;
  readonly suites: Readonly<Record<string, { readonly testCases: readonly ExportedCase[] }>>;
}

interface ExportedCase {
  readonly id: number;
  /** Base64 of the DER; the end entity first. */
  readonly certificates: readonly string[];
  readonly expected: 'ACCEPT' | 'REJECT';
  readonly definition?: unknown;
}

type Presence = 'NONE' | 'VALID' | 'INVALID';

interface NameDefinition {
  readonly CommonNameType: 'DNS' | 'IP';
  readonly CommonNameValue: Presence;
  readonly DnsSan: Presence;
  readonly IpSan: Presence;
  readonly NameConstraintsDnsWhitelist: Presence;
  readonly NameConstraintsDnsBlacklist: Presence;
  readonly NameConstraintsIpWhitelist: Presence;
  readonly NameConstraintsIpBlacklist: Presence;
  /** Another element of the alternative names: a context tag, in primitive encoding, with this content (base64). */
  readonly ExtraSan?: { readonly tag: number; readonly value: string } | null;
}

type Expectation = Pick<Case, 'expected' | 'remark' | 'kind'>;

const dayMs = 86_400_000;

export function bettertlsCases(text: string): Case[] {
  const { suites, trustRoot } = JSON.parse(text) as Exported;
  const root = toPem(Buffer.from(trustRoot, 'base64'));
  return Object.entries(suites).flatMap(([suite, { testCases }]) =>
    testCases.map((test): Case => {
      const [certificate = '', ...rest] = test.certificates.map((each) => toPem(Buffer.from(each, 'base64')));
      return {
        suite: 'BetterTLS',
        id: `bettertls::${suite}::tc${test.id}`,
        group: suite,
        certificate,
        bundle: [root, ...rest.filter((each) => each !== root)].join(''),
        // A day after export: what the suite means to be expired ended an hour before it.
        at: new Date((read(certificate)?.validFromDate.getTime() ?? 0) + dayMs),
        ignored: [],
        ...(suite === 'nameconstraints'
          ? nameExpectation(test)
          : { expected: test.expected === 'ACCEPT' ? 'accept' : 'reject' }),
      };
    }),
  );
}

function nameExpectation({ definition, expected }: ExportedCase): Expectation {
  if (!definition)
    return expected === 'ACCEPT' ? { expected: 'accept' } : { remark: 'exported without the definition of its names' };
  const names = definition as NameDefinition;
  const dns = { permitted: names.NameConstraintsDnsWhitelist, excluded: names.NameConstraintsDnsBlacklist };
  const ip = { permitted: names.NameConstraintsIpWhitelist, excluded: names.NameConstraintsIpBlacklist };
  if (violates(names.DnsSan, dns) || violates(names.IpSan, ip)) return { expected: 'reject' };
  const extra = names.ExtraSan && extraExpectation(names.ExtraSan, dns, ip);
  if (extra) return extra;
  return {
    expected: 'accept',
    ...commonNameKind(names, dns, ip),
    ...(expected === 'REJECT' ? { remark: 'the peer’s name' } : {}),
  };
}

interface Tree {
  readonly permitted: Presence;
  readonly excluded: Presence;
}

const isConstrained = ({ permitted, excluded }: Tree) => permitted !== 'NONE' || excluded !== 'NONE';

/** The vocabulary has two names of each form: the valid one and another. */
const violates = (name: Presence, { permitted, excluded }: Tree) =>
  name !== 'NONE' && ((permitted !== 'NONE' && permitted !== name) || excluded === name);

function extraExpectation({ tag, value }: { tag: number; value: string }, dns: Tree, ip: Tree): Expectation {
  const content = Buffer.from(value, 'base64');
  const unclear = { remark: 'a malformed name of a form that nobody constrains' };
  // A different host or address from the valid one, or none at all.
  if (tag === 2) return isConstrained(dns) ? { expected: 'reject' } : unclear;
  if (tag === 7 && (content.length === 4 || isConstrained(ip))) return { expected: 'reject' };
  if (tag === 1 || tag === 6) return { expected: 'accept', kind: 'unconstrained-text' };
  if (tag === 7 || tag === 8) return unclear;
  // Tags that no general name has, and tags of forms that are never primitive: the extension cannot be decoded.
  return { expected: 'reject' };
}

/** A common name that the constraints would refuse if it were a host name among the alternative names; RFC 5280 does not treat it as one. */
function commonNameKind(names: NameDefinition, dns: Tree, ip: Tree): Pick<Case, 'kind'> {
  const { CommonNameType: type, CommonNameValue: value } = names;
  if (value === 'NONE') return {};
  if (type === 'DNS' && violates(value, dns)) return { kind: 'common-name-as-host' };
  const asHost = names.DnsSan === 'NONE' && names.NameConstraintsDnsWhitelist !== 'NONE';
  return type === 'IP' && (violates(value, ip) || asHost) ? { kind: 'common-name-as-host' } : {};
}
