/** The order of the CA bundle: root CA first according to NHS England's guide, whatever else the bundle contains. */
import { type Finding, finding } from '../findings/index.ts';
import { allowance, limits } from '../limits/index.ts';
import type { Certificate } from '../x509/index.ts';
import { depthsOf, type Link as IssuedBy } from './depths.ts';
import { distinct, looksSelfSigned, mayHaveIssued, signedWithin } from './issuers.ts';
import { placeInBundle } from './label.ts';
import type { AssessmentPolicy, BundleOrder } from './types.ts';

type ChainOrder = AssessmentPolicy['chainOrder'];

/** By position in the bundle. */
type Link = IssuedBy<number>;

export interface OrderVerdict {
  readonly order: BundleOrder;
  readonly findings: readonly Finding[];
}

/** Judges every chain in the bundle separately: certificates that did not issue each other can be in any order. */
export function judgeOrder(bundle: readonly Certificate[], wanted: ChainOrder, client?: Certificate): OrderVerdict {
  const places = firstPlaces(bundle);
  const authorities = distinct(bundle).filter((each) => each.fingerprintSha256 !== client?.fingerprintSha256);
  const place = (certificate: Certificate) => places.get(certificate.fingerprintSha256) ?? 0;
  const links = linksIn(authorities).map(([issuer, issued]) => ({ issuer: place(issuer), issued: place(issued) }));
  const order = orderOf(links);
  if (order === 'single' || order === wanted) return { order, findings: [] };
  const steps = chainsOf(links).flatMap((chain) => advice(bundle, chain, links, wanted));
  const message = `The bundle is ${words[order]} and should be ${words[wanted]}: ${someOf(steps, '; ')}.`;
  return { order, findings: [finding('chain_order_wrong', message)] };
}

/** Nobody swaps more than this by hand, and a bundle of thousands must not produce a message of thousands. */
const mostSaid = 12;

function someOf(all: readonly string[], separator: string): string {
  const more = all.length - mostSaid;
  return [...all.slice(0, mostSaid), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

const words = { 'root-first': 'root first', 'leaf-first': 'leaf first', mixed: 'in mixed order' } as const;

function firstPlaces(bundle: readonly Certificate[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, { fingerprintSha256 }] of bundle.entries())
    if (!places.has(fingerprintSha256)) places.set(fingerprintSha256, index);
  return places;
}

/** Issuer and issued. If a CA certified its own issuer (cross-certification), neither comes first. */
function linksIn(authorities: readonly Certificate[]): [Certificate, Certificate][] {
  const signatures = allowance(limits.orderSignatures);
  const pairs = allowance(limits.orderPairs);
  const bySubject = Map.groupBy(authorities, (each) => each.subject.canonical);
  const issued = (issuer: Certificate, certificate: Certificate) =>
    issuer !== certificate && mayHaveIssued(certificate, issuer) && signedWithin(signatures, certificate, issuer);
  return authorities
    .filter((each) => !looksSelfSigned(each))
    .flatMap((each) => {
      const named = bySubject.get(each.issuer.canonical) ?? [];
      if (signatures.isSpent || !pairs.spend(named.length)) return [];
      return named
        .filter((issuer) => issued(issuer, each) && (looksSelfSigned(issuer) || !issued(each, issuer)))
        .map((issuer): [Certificate, Certificate] => [issuer, each]);
    });
}

function orderOf(links: readonly Link[]): BundleOrder {
  if (links.length === 0) return 'single';
  if (links.every(({ issuer, issued }) => issuer < issued)) return 'root-first';
  return links.every(({ issuer, issued }) => issuer > issued) ? 'leaf-first' : 'mixed';
}

/** The positions that belong together, for each chain (or tree), in rising order. */
function chainsOf(links: readonly Link[]): number[][] {
  const chains: Set<number>[] = [];
  for (const { issuer, issued } of links) {
    const touching = chains.filter((chain) => chain.has(issuer) || chain.has(issued));
    for (const chain of touching) chains.splice(chains.indexOf(chain), 1);
    chains.push(new Set([issuer, issued, ...touching.flatMap((chain) => [...chain])]));
  }
  return chains.map((chain) => [...chain].sort((a, b) => a - b));
}

/** What to do with one chain within the positions that it has; nothing when it is in order. */
function advice(bundle: readonly Certificate[], chain: readonly number[], links: readonly Link[], wanted: ChainOrder) {
  const own = links.filter(({ issuer }) => chain.includes(issuer));
  if (orderOf(own) === wanted) return [];
  const depths = depthsOf(chain, own);
  const depth = (place: number) => (wanted === 'root-first' ? 1 : -1) * (depths.get(place) ?? 0);
  const target = [...chain].sort((a, b) => depth(a) - depth(b) || a - b);
  const successor = new Map(chain.map((place, index) => [place, target[index] as number]));
  const moved = chain.filter((place) => successor.get(place) !== place);
  const inPairs = moved.every((place) => successor.get(successor.get(place) as number) === place);
  const name = (place: number) => placeInBundle(bundle[place] as Certificate, place);
  if (!inPairs) return [`put them in the order ${someOf(target.map(name), ', ')}`];
  const pairs = moved
    .map((place) => [place, successor.get(place) as number] as const)
    .filter(([one, other]) => one < other);
  return pairs.map(([one, other]) => `swap ${name(one)} with ${name(other)}`);
}
