/** GeneralName, as alternative names and name constraints use it (RFC 5280 §4.2.1.6, §4.2.1.10). */
import { Untrusted } from '../text/index.ts';
import type { AlternativeName, GeneralNameConstraint, NameConstraints, UncomparedForm } from './certificate.ts';
import {
  assertValueBytes,
  children,
  context,
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
import { parseName } from './name.ts';

const stringKinds: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = {
  [contextPrimitive(1)]: 'email',
  [contextPrimitive(2)]: 'dns',
  [contextPrimitive(6)]: 'uri',
};
const directoryTag = context(4);
const ipTag = contextPrimitive(7);

/** The forms for which RFC 5280 defines no comparison, each with a check that its content is valid. */
const uncompared: Readonly<Record<number, { kind: UncomparedForm; check: (name: DerValue, what: string) => void }>> = {
  [context(0)]: { kind: 'otherName', check: typedValue },
  [context(3)]: { kind: 'x400Address', check: children },
  [context(5)]: { kind: 'ediPartyName', check: ediPartyName },
  [contextPrimitive(8)]: {
    kind: 'registeredId',
    check: ({ body, raw }, what) => oid({ tag: tags.oid, body, raw }, what),
  },
};

/** RFC 9598 §3: an email address whose local part is beyond ASCII. Constraints on email addresses hold for it, too. */
const smtpUtf8MailboxOid = '1.3.6.1.5.5.7.8.9';
const utf8String = 0x0c;

/** @throws {DerError} for an element that is not a GeneralName. */
export function parseAlternativeNames(value: DerValue, what: string): AlternativeName[] {
  return parseGeneralNames(expectTag(value, tags.sequence, what), what);
}

/** `value` can have any tag: an implicit one replaces the SEQUENCE's. */
export const parseGeneralNames = (value: DerValue, what: string): AlternativeName[] =>
  children(value, what).map((name) => alternativeName(name, what));

function alternativeName(name: DerValue, what: string): AlternativeName {
  const kind = stringKinds[name.tag];
  // The values of a directory name are measured one by one.
  if (name.tag !== directoryTag) assertValueBytes(name, `a name in ${what}`);
  if (kind) return { kind, value: text(name), ...malformed(name.body.some((octet) => octet >= 0x80)) };
  if (name.tag === ipTag)
    return { kind: 'ip', value: new Untrusted(address(name.body)), ...malformed(!isAddress(name.body)) };
  if (name.tag === directoryTag) {
    const directory = parseName(readDer(name.body, what), what);
    return { kind: 'directory', value: new Untrusted(directory.name.text), rdns: directory.rdns };
  }
  const form = uncomparedForm(name, what);
  return (
    (form === 'otherName' && internationalMailbox(name, what)) || {
      kind: form,
      value: new Untrusted(`#${hex(name.raw)}`),
    }
  );
}

function uncomparedForm(name: DerValue, what: string): UncomparedForm {
  const form = uncompared[name.tag];
  if (!form) throw new DerError(`${what} contains an element with tag 0x${hex(name.tag)}, which is not a general name`);
  form.check(name, what);
  return form.kind;
}

function internationalMailbox(name: DerValue, what: string): AlternativeName | undefined {
  const { type, value } = typedValue(name, what);
  if (type !== smtpUtf8MailboxOid) return undefined;
  const { body } = expectTag(value, utf8String, what);
  return { kind: 'email', value: new Untrusted(Buffer.from(body).toString('utf8')), internationalised: true };
}

/** OtherName: the type's identifier, and a value of that type under an explicit tag. */
function typedValue(name: DerValue, what: string): { type: string; value: DerValue } {
  const fields = new Fields(name, what);
  const type = oid(fields.any(what), what);
  const value = readDer(fields.take(context(0), what).body, what);
  fields.end();
  return { type, value };
}

/** EDIPartyName: who assigned the name (optional), and the name. */
function ediPartyName(name: DerValue, what: string): void {
  const fields = new Fields(name, what);
  fields.optional(context(0));
  fields.take(context(1), what);
  fields.end();
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
    const base = constraint(fields.any(what), what);
    const minimum = fields.optional(contextPrimitive(0));
    const maximum = fields.optional(contextPrimitive(1));
    fields.end();
    const least = minimum ? smallInteger(minimum, what) : 0;
    if (maximum) smallInteger(maximum, what);
    return least > 0 || maximum ? { ...base, hasDistance: true } : base;
  });
}

function constraint(base: DerValue, what: string): GeneralNameConstraint {
  const kind = stringKinds[base.tag];
  if (base.tag !== directoryTag) assertValueBytes(base, `a name in ${what}`);
  if (kind) return { kind, value: text(base) };
  if (base.tag === directoryTag) return { kind: 'directory', rdns: parseName(readDer(base.body, what), what).rdns };
  if (base.tag !== ipTag) return { kind: uncomparedForm(base, what) };
  const half = base.body.length / 2;
  if (half !== 4 && half !== 16) throw new DerError(`${what} has an address range of ${base.body.length} octets`);
  return { kind: 'ip', address: base.body.subarray(0, half), mask: base.body.subarray(half) };
}

const malformed = (is: boolean): Pick<AlternativeName, 'malformed'> => (is ? { malformed: true } : {});
const isAddress = ({ length }: Uint8Array) => length === 4 || length === 16;

const text = ({ body }: DerValue): Untrusted => new Untrusted(Buffer.from(body).toString('latin1'));

/** Dotted, or eight groups of hex. Any other number of octets is left as it is. */
function address(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return `#${hex(octets)}`;
  return (hex(octets).match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
