/**
 * Extensions for which the certificate library has no class, or which it writes only correctly (RFC 5280 §4.2.1):
 *   ca({ extensions: [nameConstraints({ permitted: [generalName.uri('.nhs.uk')] }), policyConstraints({ requireExplicitPolicy: 0 })] })
 *   leaf({ extensions: [subjectAlternativeName(generalName.directory([{ O: ['nhs'] }]))] })
 */
import 'reflect-metadata';
import { Extension, Name } from '@peculiar/x509';
import { sequence, tlv } from '../../src/demo/der.ts';
import type { NameInput } from '../../src/demo/pki.ts';

type Bytes = Uint8Array;

export function oid(dotted: string): Buffer<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) octets.unshift(128 + (left % 128));
  return octets;
}

/** Small and not negative: one octet. */
const integer = (value: number, tag = 0x02) => tlv(tag, Buffer.from([value]));

/** Each form with its context tag. `raw` is for elements that are not a form. */
export const generalName = {
  otherName: (type: string, value: Bytes) => tlv(0xa0, oid(type), tlv(0xa0, value)),
  email: (text: string) => tlv(0x81, Buffer.from(text, 'latin1')),
  dns: (text: string) => tlv(0x82, Buffer.from(text, 'latin1')),
  x400: () => tlv(0xa3, sequence()),
  directory: (name: NameInput) => tlv(0xa4, Buffer.from(new Name(name).toArrayBuffer())),
  ediParty: (name: string) => tlv(0xa5, tlv(0xa1, tlv(0x0c, Buffer.from(name)))),
  uri: (text: string) => tlv(0x86, Buffer.from(text, 'latin1')),
  /** 4 or 16 octets in a name, 8 or 32 in a constraint. */
  ip: (...octets: number[]) => tlv(0x87, Buffer.from(octets)),
  registeredId: (dotted: string) => tlv(0x88, oid(dotted).subarray(2)),
  raw: (tag: number, ...content: Bytes[]) => tlv(tag, ...content),
} as const;

/** RFC 9598: an email address outside ASCII. */
export const smtpUtf8Mailbox = (text: string) =>
  generalName.otherName('1.3.6.1.5.5.7.8.9', tlv(0x0c, Buffer.from(text, 'utf8')));

/** A user's principal name, as Microsoft writes it. */
export const principalName = (text: string) =>
  generalName.otherName('1.3.6.1.4.1.311.20.2.3', tlv(0x0c, Buffer.from(text, 'utf8')));

export const subjectAlternativeName = (...names: Bytes[]): Extension =>
  new Extension('2.5.29.17', false, sequence(...names));

export interface SubtreeDistance {
  readonly base: Bytes;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Subtrees are general names, with a distance if given. */
export function nameConstraints(subtrees: {
  readonly permitted?: readonly (Bytes | SubtreeDistance)[];
  readonly excluded?: readonly (Bytes | SubtreeDistance)[];
}): Extension {
  const list = (tag: number, all: readonly (Bytes | SubtreeDistance)[] | undefined) =>
    all ? [tlv(tag, ...all.map(subtree))] : [];
  return new Extension(
    '2.5.29.30',
    true,
    sequence(...list(0xa0, subtrees.permitted), ...list(0xa1, subtrees.excluded)),
  );
}

function subtree(each: Bytes | SubtreeDistance): Buffer {
  const { base, minimum, maximum } = each instanceof Uint8Array ? { base: each } : each;
  return sequence(
    base,
    ...(minimum === undefined ? [] : [integer(minimum, 0x80)]),
    ...(maximum === undefined ? [] : [integer(maximum, 0x81)]),
  );
}

export const anyPolicy = '2.5.29.32.0';

export const certificatePolicies = (policies: readonly string[], critical = false): Extension =>
  new Extension('2.5.29.32', critical, sequence(...policies.map((each) => sequence(oid(each)))));

/** Pairs of issuer's and subject's policy. */
export const policyMappings = (...pairs: readonly (readonly [string, string])[]): Extension =>
  new Extension('2.5.29.33', true, sequence(...pairs.map(([one, other]) => sequence(oid(one), oid(other)))));

export const policyConstraints = (numbers: {
  readonly requireExplicitPolicy?: number;
  readonly inhibitPolicyMapping?: number;
}): Extension =>
  new Extension(
    '2.5.29.36',
    true,
    sequence(
      ...(numbers.requireExplicitPolicy === undefined ? [] : [integer(numbers.requireExplicitPolicy, 0x80)]),
      ...(numbers.inhibitPolicyMapping === undefined ? [] : [integer(numbers.inhibitPolicyMapping, 0x81)]),
    ),
  );

export const inhibitAnyPolicy = (certificates: number): Extension =>
  new Extension('2.5.29.54', true, integer(certificates));
