/** Changes to the tree of values in a DER encoding (ITU-T X.690): what comes out is well-formed again, except where lying is the change. */
import fc from 'fast-check';
import { tlv } from '../../../src/demo/der.ts';
import { place } from './bytes.ts';

interface Value {
  tag: number;
  /** What precedes the values inside: the count of unused bits of a BIT STRING. */
  prefix: Buffer;
  /** Undefined: `body` is not made of values. */
  inside: Value[] | undefined;
  body: Buffer;
  /** Written in the place of the right one. */
  length?: Buffer;
}

export type DerChange = { readonly at: number; readonly other: number } & (
  | { readonly kind: 'retag'; readonly tag: number }
  | {
      readonly kind: 'empty' | 'remove' | 'replace by other' | 'swap with next' | 'longer length' | 'indefinite length';
    }
  | { readonly kind: 'repeat'; readonly times: number }
  | { readonly kind: 'nest'; readonly times: number }
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'lie'; readonly length: Buffer }
);

const somewhere = { at: place, other: place };
const change = <Kind extends string, Rest extends object>(
  kind: Kind,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
) =>
  fc.record({ kind: fc.constant(kind), ...somewhere, ...rest } as never) as fc.Arbitrary<
    { kind: Kind; at: number; other: number } & Rest
  >;

const usualTags = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa0, 0xa1,
  0xa3,
];
const tag = fc.oneof(fc.constantFrom(...usualTags), fc.nat(255));

/** What has been trouble for somebody: the ends of integers, text that is dear to normalise, times that do not exist. */
const bodies = [
  '',
  '00',
  'ff',
  '7fffffff',
  '8000000000000000',
  '00'.repeat(40),
  'ff'.repeat(200),
  Buffer.from('\u0301'.repeat(2_000)).toString('hex'),
  Buffer.from('*.nhs.uk\u0000.example').toString('hex'),
  Buffer.from('00000101000000Z').toString('hex'),
  Buffer.from('99991231235959Z').toString('hex'),
  Buffer.from('260230000000Z').toString('hex'),
  `2a${'8080'.repeat(60)}01`,
].map((hex) => Buffer.from(hex, 'hex'));
const body = fc.oneof(
  fc.constantFrom(...bodies),
  fc.uint8Array({ maxLength: 24 }).map((octets) => Buffer.from(octets)),
);
const lengths = ['80', '8100', '84ffffffff', '85ffffffffff', 'ff', '00', '820001'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

export const derChange: fc.Arbitrary<DerChange> = fc.oneof(
  change('retag', { tag }),
  change('empty', {}),
  change('remove', {}),
  change('replace by other', {}),
  change('swap with next', {}),
  change('longer length', {}),
  change('indefinite length', {}),
  change('repeat', { times: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 300 })) }),
  change('nest', { times: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 300 })) }),
  change('body', { body }),
  change('lie', { length: fc.constantFrom(...lengths) }),
);

/** How many values the tree has. */
export const valueCount = (der: Buffer): number =>
  (valuesIn(der) ?? []).flatMap((value) => withInside(value, [])).length;

/** Changes the value that is `at` of the way through the tree, depth first. Octets that are not DER stay as they are. */
export function changeDer(der: Buffer, changed: DerChange): Buffer {
  const root = valuesIn(der);
  if (!root) return der;
  const all = root.flatMap((value) => withInside(value, root));
  const pick = (part: number) => all[Math.floor(part * all.length)]!;
  apply(changed, pick(changed.at), pick(changed.other).value);
  return Buffer.concat(root.map(encoded));
}

interface Found {
  readonly value: Value;
  readonly siblings: Value[];
}

const withInside = (value: Value, siblings: Value[]): Found[] => [
  { value, siblings },
  ...(value.inside ?? []).flatMap((each) => withInside(each, value.inside!)),
];

function apply(changed: DerChange, { value, siblings }: Found, other: Value): void {
  const at = siblings.indexOf(value);
  // A copy: a value inside itself has no encoding.
  const copy = (each: Value): Value => valuesIn(encoded(each))?.[0] ?? { ...each };
  const leaf = (bytes: Buffer) => Object.assign(value, { inside: undefined, prefix: Buffer.alloc(0), body: bytes });
  switch (changed.kind) {
    case 'retag':
      value.tag = changed.tag;
      break;
    case 'empty':
      leaf(Buffer.alloc(0));
      break;
    case 'remove':
      siblings.splice(at, 1);
      break;
    case 'replace by other':
      siblings[at] = copy(other);
      break;
    case 'swap with next':
      siblings.splice(at, 2, ...siblings.slice(at, at + 2).reverse());
      break;
    case 'longer length':
      value.length = Buffer.from([0x83, 0, 0, 0]);
      break;
    case 'indefinite length':
      leaf(Buffer.concat([bodyOf(value), Buffer.alloc(2)]));
      value.length = Buffer.from([0x80]);
      break;
    case 'repeat':
      siblings.splice(at, 0, ...Array.from({ length: changed.times }, () => copy(value)));
      break;
    case 'nest': {
      let nested = encoded(value);
      for (let times = 1; times < changed.times; times++) nested = tlv(0x30, nested);
      leaf(nested);
      value.tag = 0x30;
      break;
    }
    case 'body':
      leaf(changed.body);
      break;
    case 'lie':
      value.length = changed.length;
      break;
  }
}

function bodyOf({ prefix, inside, body: own }: Value): Buffer {
  return inside ? Buffer.concat([prefix, ...inside.map(encoded)]) : own;
}

function encoded(value: Value): Buffer {
  const content = bodyOf(value);
  return value.length ? Buffer.concat([Buffer.from([value.tag]), value.length, content]) : tlv(value.tag, content);
}

const deepest = 24;

/** Every value that fills the octets, or undefined when they are something else. */
function valuesIn(bytes: Buffer, depth = 0): Value[] | undefined {
  const values: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tagOctet, first] = [bytes[at], bytes[at + 1]];
    if (tagOctet === undefined || first === undefined || (tagOctet & 0x1f) === 0x1f || depth > deepest)
      return undefined;
    const octetCount = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || octetCount > 4 || at + 2 + octetCount > bytes.length) return undefined;
    const length =
      first < 0x80 ? first : bytes.subarray(at + 2, at + 2 + octetCount).reduce((sum, octet) => sum * 256 + octet, 0);
    const start = at + 2 + octetCount;
    if (start + length > bytes.length) return undefined;
    values.push(madeOf(tagOctet, bytes.subarray(start, start + length), depth));
    at = start + length;
  }
  return values.length > 0 ? values : undefined;
}

/** Extensions and keys are DER inside an OCTET STRING or a BIT STRING. */
function madeOf(tagOctet: number, content: Buffer, depth: number): Value {
  const prefix = content.subarray(0, tagOctet === 0x03 ? 1 : 0);
  const isContainer = (tagOctet & 0x20) !== 0 || tagOctet === 0x03 || tagOctet === 0x04;
  const inside = isContainer ? valuesIn(content.subarray(prefix.length), depth + 1) : undefined;
  return { tag: tagOctet, prefix, inside, body: content };
}
