/** What belongs in a CA bundle, and in which order. Pure. */
import { escapedLines, joined, type SafeText, say } from '../text/index.ts';
import { londonDay } from '../time/index.ts';
import {
  type AssessmentPolicy,
  findPath,
  looksSelfSigned,
  mayHaveIssued,
  namedIssuer,
  type PathVerdict,
  recognise,
} from '../verify/index.ts';
import { type Certificate, toPem } from '../x509/index.ts';
import { orderBundle } from './order.ts';
import type { BundleItem } from './read.ts';

export interface LeftOut {
  readonly item: BundleItem;
  /** Continues a sentence that begins with its place. */
  readonly why: SafeText;
}

export interface Arranged {
  readonly kept: readonly BundleItem[];
  readonly leftOut: readonly LeftOut[];
  /** From the client to the root; absent without a client. */
  readonly path?: readonly Certificate[];
}

export interface ArrangeOptions {
  /** The certificate whose path the bundle is for. Without it nothing can be called unrelated. */
  readonly client?: Certificate;
  readonly order: AssessmentPolicy['chainOrder'];
  readonly now: Date;
}

/**
 * Leaves out what is there twice, is not a CA, has expired, or has nothing to do with the client; keeps every generation of the client's
 * own infrastructure, because MESH's server certificate may depend on another than the client's path does.
 * @returns `refused` when nothing is left, or the path of the client does not hold with what is left.
 */
export function arrangeBundle(
  items: readonly BundleItem[],
  { client, order, now }: ArrangeOptions,
): Arranged | { readonly refused: SafeText; readonly leftOut: readonly LeftOut[] } {
  const usable = split(items, (item, index) => whyNotUsable(items, item, index, client, now));
  const related = client ? relatedTo(client, certificatesOf(usable.kept), now) : undefined;
  const { kept, leftOut } = split(usable.kept, ({ certificate }) =>
    related && !related.has(certificate) ? say`has nothing to do with the client certificate` : undefined,
  );
  const all = [...usable.leftOut, ...leftOut];
  const verdict = client && findPath(client, certificatesOf(kept), now);
  if (verdict && !verdict.holds) return { refused: whyItDoesNotHold(verdict), leftOut: all };
  if (kept.length === 0) return { refused: say`no CA certificate is left to put into a bundle`, leftOut: all };
  const places = new Map(kept.map((item) => [item.certificate, item]));
  const ordered = orderBundle(certificatesOf(kept), order).flatMap((each) => places.get(each) ?? []);
  return { kept: ordered, leftOut: all, ...(verdict ? { path: verdict.path } : {}) };
}

const certificatesOf = (items: readonly BundleItem[]): Certificate[] => items.map(({ certificate }) => certificate);

function split(
  items: readonly BundleItem[],
  whyNot: (item: BundleItem, index: number) => SafeText | undefined,
): { kept: BundleItem[]; leftOut: LeftOut[] } {
  const judged = items.map((item, index) => ({ item, why: whyNot(item, index) }));
  return {
    kept: judged.flatMap(({ item, why }) => (why === undefined ? [item] : [])),
    leftOut: judged.flatMap(({ item, why }) => (why === undefined ? [] : [{ item, why }])),
  };
}

function whyNotUsable(
  items: readonly BundleItem[],
  { certificate }: BundleItem,
  index: number,
  client: Certificate | undefined,
  now: Date,
): SafeText | undefined {
  const same = (one: Certificate) => one.fingerprintSha256 === certificate.fingerprintSha256;
  const first = items.findIndex((each) => same(each.certificate));
  if (client && same(client)) return say`is the client certificate`;
  if (first < index) return say`is the same as ${items[first]?.place ?? ''}`;
  if (!isAuthority(certificate)) return say`is not a CA certificate`;
  return now > certificate.notAfter ? say`expired on ${londonDay(certificate.notAfter)}` : undefined;
}

/** A root of version 1 has no extensions to say so (RFC 5280 §6.1.1 (d)). */
const isAuthority = (certificate: Certificate): boolean =>
  certificate.basicConstraints?.ca ?? (certificate.version === 1 && looksSelfSigned(certificate));

/**
 * The path, the other CAs of the client's NHS infrastructure, further generations under the same names, and whatever one of them issued
 * or was issued by.
 */
function relatedTo(client: Certificate, bundle: readonly Certificate[], now: Date): ReadonlySet<Certificate> {
  const { path } = findPath(client, bundle, now);
  const pki = namedIssuer(client)?.pki;
  const names = new Set([client.issuer.canonical, ...path.slice(1).map(({ subject }) => subject.canonical)]);
  const related = new Set(
    bundle.filter(
      (each) =>
        names.has(each.subject.canonical) || path.includes(each) || (pki !== undefined && recognise(each)?.pki === pki),
    ),
  );
  for (const one of related)
    for (const other of bundle) if (mayHaveIssued(one, other) || mayHaveIssued(other, one)) related.add(other);
  return related;
}

function whyItDoesNotHold({ failures, path }: PathVerdict): SafeText {
  const reasons = failures.map(({ message }) => say`${message}`);
  const why = reasons.length > 0 ? joined(reasons, ' ') : say`No path leads from it to a root.`;
  const known = path.map(namedIssuer).find((issuer) => issuer !== undefined);
  const environment = known && { 'path-to-live': 'integration', live: 'production' }[known.pki];
  const remedy = environment
    ? say` mesh-cert-monitor bundle --environment ${environment} prints the CA certificates of this NHS infrastructure.`
    : say``;
  return joined([say`the path of the client certificate would not hold. `, why, remedy]);
}

/** The file's text: each certificate in PEM, below its comment. */
export function bundleText(items: readonly Pick<BundleItem, 'certificate' | 'comment' | 'after'>[]): SafeText {
  const blocks = items.map(({ certificate, comment, after }, index) => [
    ...(comment === '' ? [] : [index === 0 ? '' : '\n', `${comment}\n`]),
    toPem(certificate.der),
    ...(after === undefined ? [] : [`${after}\n`]),
  ]);
  return escapedLines(blocks.flat().join(''));
}
