/** GeneralName, as alternative names and name constraints use it (RFC 5280 §4.2.1.6, §4.2.1.10). */
import { Untrusted } from '../text/index.ts';
import type { AlternativeName, GeneralNameConstraint, NameConstraints } from './certificate.ts';
import {
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  hex,
  readDer,
  tags,
} from './der.ts';
import { parseName } from './name.ts';

const stringKinds: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = {
  [contextPrimitive(1)]: 'email',
  [contextPrimitive(2)]: 'dns',
  [contextPrimitive(6)]: 'uri',
};
const directoryTag = context(4);
const ipTag = contextPrimitive(7);

export function parseAlternativeNames(value: DerValue, what: string): AlternativeName[] {
  return children(expectTag(value, tags.sequence, what), what).map((name) => alternativeName(name, what));
}

function alternativeName(name: DerValue, what: string): AlternativeName {
  const kind = stringKinds[name.tag];
  if (kind) return { kind, value: text(name) };
  if (name.tag === directoryTag) {
    const directory = parseName(readDer(name.body, what), what);
    return { kind: 'directory', value: new Untrusted(directory.name.text), rdns: directory.rdns };
  }
  return name.tag === ipTag
    ? { kind: 'ip', value: new Untrusted(address(name.body)) }
    : { kind: 'other', value: new Untrusted(`#${hex(name.raw)}`) };
}

export function parseNameConstraints(value: DerValue, what: string): NameConstraints {
  const fields = new Fields(expectTag(value, tags.sequence, what), what);
  const permitted = subtrees(fields.optional(context(0)), what);
  const excluded = subtrees(fields.optional(context(1)), what);
  fields.end();
  return { permitted, excluded };
}

function subtrees(value: DerValue | undefined, what: string): GeneralNameConstraint[] {
  if (!value) return [];
  return children(value, what).map((subtree) => {
    const fields = new Fields(expectTag(subtree, tags.sequence, what), what);
    const base = fields.any(what);
    const minimum = fields.optional(contextPrimitive(0));
    const maximum = fields.optional(contextPrimitive(1));
    fields.end();
    // RFC 5280 §4.2.1.10: minimum is 0 and maximum absent; whoever wants more cannot be answered here.
    const plain = !maximum && (minimum?.body.every((octet) => octet === 0) ?? true);
    return plain ? constraint(base, what) : { kind: 'other' };
  });
}

function constraint(base: DerValue, what: string): GeneralNameConstraint {
  const kind = stringKinds[base.tag];
  if (kind) return { kind, value: text(base) };
  if (base.tag === directoryTag) return { kind: 'directory', rdns: parseName(readDer(base.body, what), what).rdns };
  if (base.tag !== ipTag) return { kind: 'other' };
  const half = base.body.length / 2;
  if (half !== 4 && half !== 16) throw new DerError(`${what} has an address range of ${base.body.length} octets`);
  return { kind: 'ip', address: base.body.subarray(0, half), mask: base.body.subarray(half) };
}

const text = ({ body }: DerValue): Untrusted => new Untrusted(Buffer.from(body).toString('latin1'));

/** Dotted, or eight groups of hex; octets of any other number as they are. */
function address(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return `#${hex(octets)}`;
  return (hex(octets).match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
