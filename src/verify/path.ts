/** The certification path from the client certificate to a self-signed certificate of the bundle (RFC 5280 §6.1, RFC 4158 for the search). */
import { createHash } from 'node:crypto';
import { allowance, limits } from '../limits/index.ts';
import { type Certificate, firstToExpire } from '../x509/index.ts';
import { distinct, looksSelfSigned, mayHaveIssued, signedWithin } from './issuers.ts';
import { missingIssuer, searchGivenUp, tooLong, wrongSignature } from './path-ends.ts';
import { failuresOf, issuerFailures } from './rules/all.ts';
import type { Failure } from './rules/rule.ts';

export interface PathVerdict {
  readonly holds: boolean;
  /** Client first. Of the paths that hold, the one that lasts longest; if none holds, the best that was found. */
  readonly path: readonly Certificate[];
  /** It ends at a self-signed certificate, whether or not it holds. */
  readonly complete: boolean;
  /** Empty exactly when it holds. */
  readonly failures: readonly Failure[];
}

/** Issuers with the right name whose key did not sign are followed only to explain the failure, and only this many. */
const maximumWrongKeys = 2;

/** Tries the possible paths, within limits. The best is the one that holds at `now` for longest or, if none holds, the best failing one. */
export function findPath(client: Certificate, bundle: readonly Certificate[], now: Date): PathVerdict {
  const search = new Search(distinct(bundle), now);
  search.extend([client], [], client.notAfter.getTime());
  return search.best as PathVerdict;
}

class Search {
  best: PathVerdict | undefined;
  #paths = 0;
  readonly #bySubject: ReadonlyMap<string, Certificate[]>;
  readonly #signatures = allowance(limits.pathSignatures);
  readonly #steps = allowance(limits.pathSteps);
  readonly #comparisons = allowance(limits.pathComparisons);
  readonly #now: Date;

  constructor(bundle: readonly Certificate[], now: Date) {
    this.#bySubject = Map.groupBy(bundle, (each) => each.subject.canonical);
    this.#now = now;
  }

  /** Follows `path` upwards, depth first. `broken`: the signatures on it that do not verify. `ends`: when the first of its certificates expires. */
  extend(path: readonly Certificate[], broken: readonly Failure[], ends: number): void {
    const last = path.at(-1) as Certificate;
    const perhapsRoot = path.length > 1 && looksSelfSigned(last);
    if (perhapsRoot && signedWithin(this.#signatures, last, last)) {
      this.#finish(path, true, broken);
      return;
    }
    const named = this.#bySubject.get(last.issuer.canonical) ?? [];
    const { right, wrong } = this.#issuersOf(path, named);
    if (this.#isSpent) {
      this.#finish(path, false, [...broken, searchGivenUp(last)]);
    } else if (perhapsRoot && right.length === 0) {
      this.#finish(path, true, [...broken, wrongSignature(last, last)]);
    } else if (right.length + wrong.length === 0) {
      this.#finish(path, false, [...broken, missingIssuer(path, named)]);
    } else if (path.length >= limits.pathLength) {
      this.#finish(path, false, [...broken, tooLong(path)]);
    } else if (right.length > 0) {
      for (const issuer of right) this.#follow(path, issuer, broken, ends);
    } else {
      for (const issuer of wrong) this.#follow(path, issuer, [...broken, wrongSignature(last, issuer)], ends);
    }
  }

  #follow(path: readonly Certificate[], issuer: Certificate, broken: readonly Failure[], ends: number): void {
    const end = Math.min(ends, issuer.notAfter.getTime());
    if (!this.#isSettled(end)) this.extend([...path, issuer], broken, end);
  }

  /** Nobody puts together a bundle that needs more. */
  get #isSpent(): boolean {
    return this.#signatures.isSpent || this.#steps.isSpent;
  }

  /** A path that ends then cannot lead to anything better, or not within the limits. */
  #isSettled(end: number): boolean {
    if (!this.best) return false;
    return this.#paths >= limits.paths || this.#isSpent || (this.best.holds && expiryOf(this.best) >= end);
  }

  /** Those whose key signed the last certificate of the path, and some that only have the right name. */
  #issuersOf(path: readonly Certificate[], named: readonly Certificate[]) {
    const last = path.at(-1) as Certificate;
    // Each candidate is looked at, and put in order by what is wrong with it.
    if (!this.#steps.spend(path.length + named.length)) return { right: [], wrong: [] };
    const above = new Set(path.map(authorityOf));
    const fresh = named.filter((issuer) => mayHaveIssued(last, issuer) && !above.has(authorityOf(issuer)));
    const bySignature = Map.groupBy(this.#inOrder(fresh), (issuer) => signedWithin(this.#signatures, last, issuer));
    return {
      right: bySignature.get(true) ?? [],
      wrong: bySignature.get(false)?.slice(0, maximumWrongKeys) ?? [],
    };
  }

  #finish(path: readonly Certificate[], complete: boolean, broken: readonly Failure[]): void {
    this.#paths += 1;
    this.#steps.spend(path.length);
    const found = this.#verdict(path, complete, broken);
    if (!this.best || isBetter(found, this.best)) this.best = found;
  }

  #verdict(path: readonly Certificate[], complete: boolean, broken: readonly Failure[]): PathVerdict {
    const failures = [...broken, ...failuresOf({ path, complete, work: this.#comparisons }, this.#now)];
    return { holds: complete && failures.length === 0, path, complete, failures };
  }

  /** RFC 4158 §3.5: sound ones first, then self-signed ones (the shortest way to a root), then those that last longest. */
  #inOrder(issuers: readonly Certificate[]): readonly Certificate[] {
    if (issuers.length < 2) return issuers;
    return issuers
      .map((issuer) => ({ issuer, isRoot: looksSelfSigned(issuer) }))
      .map((each) => ({ ...each, faults: issuerFailures(each.issuer, each.isRoot, this.#now).length }))
      .sort(
        (a, b) =>
          a.faults - b.faults ||
          Number(b.isRoot) - Number(a.isRoot) ||
          b.issuer.notAfter.getTime() - a.issuer.notAfter.getTime(),
      )
      .map(({ issuer }) => issuer);
  }
}

/** One that holds, then one that reaches a root, then the fewest faults, then the longest, then the one that lasts longest. */
function isBetter(one: PathVerdict, other: PathVerdict): boolean {
  if (one.holds && other.holds) return expiryOf(one) > expiryOf(other);
  const difference =
    Number(one.holds) - Number(other.holds) ||
    Number(one.complete) - Number(other.complete) ||
    other.failures.length - one.failures.length ||
    one.path.length - other.path.length ||
    expiryOf(one) - expiryOf(other);
  return difference > 0;
}

const expiryOf = ({ path }: PathVerdict) => firstToExpire(path)?.notAfter.getTime() ?? 0;

const authorities = new WeakMap<Certificate, string>();

/** RFC 4158 §5.2: one name with one key never twice, because cross-certified CAs would lead round in circles. */
function authorityOf(certificate: Certificate): string {
  const known = authorities.get(certificate);
  if (known !== undefined) return known;
  const { subject, publicKey } = certificate;
  const authority = createHash('sha256').update(subject.canonical).update('\0').update(publicKey.spki).digest('base64');
  authorities.set(certificate, authority);
  return authority;
}
