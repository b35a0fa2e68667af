/** The certification path from the client certificate to a self-signed certificate of the bundle (RFC 5280 §6.1, RFC 4158 for the search). */
import { type Certificate, firstToExpire } from '../x509/index.ts';
import { Allowance, distinct, keyIdentifiersAgree, looksSelfSigned, mayHaveIssued, namesIssuer } from './issuers.ts';
import { dateOf, hexOf, labelOf, nameOf } from './label.ts';
import { failuresOf, type PathFailure } from './path-rules.ts';

export interface PathVerdict {
  readonly holds: boolean;
  /** Client first. The path that holds; otherwise the best that was found. */
  readonly path: readonly Certificate[];
  /** It ends at a self-signed certificate, whether or not it holds. */
  readonly complete: boolean;
  /** Empty exactly when it holds. */
  readonly failures: readonly PathFailure[];
}

/** Enough for every real bundle many times over; a hostile one costs a second at the most, once, because signatures are remembered. */
const maximumVerifications = 3_000;
/** Of names with name constraints, on all paths together; OpenSSL stops at as many for a single pair of certificates. */
const maximumComparisons = 2 ** 20;
const maximumPaths = 1_000;
const maximumLength = 12;
/** Issuers of the right name whose key did not sign are followed only to explain, and only so many. */
const maximumWrongKeys = 2;

/** Tries every path there is, within bounds, and returns the first that holds at `now`, else the best failing one. */
export function findPath(client: Certificate, bundle: readonly Certificate[], now: Date): PathVerdict {
  const search = new Search(distinct(bundle), now);
  search.extend([client], []);
  return search.best as PathVerdict;
}

class Search {
  best: PathVerdict | undefined;
  #paths = 0;
  readonly #bySubject: ReadonlyMap<string, Certificate[]>;
  readonly #allowance = new Allowance(maximumVerifications);
  readonly #comparisons = new Allowance(maximumComparisons);
  readonly #now: Date;

  constructor(bundle: readonly Certificate[], now: Date) {
    this.#bySubject = Map.groupBy(bundle, (each) => each.subject.canonical);
    this.#now = now;
  }

  /** Follows `path` upwards, depth first. `broken`: the signatures on it that do not verify. */
  extend(path: readonly Certificate[], broken: readonly PathFailure[]): void {
    const last = path.at(-1) as Certificate;
    const perhapsRoot = path.length > 1 && looksSelfSigned(last);
    if (perhapsRoot && this.#allowance.signed(last, last)) {
      this.#finish(path, true, broken);
      return;
    }
    const named = this.#bySubject.get(last.issuer.canonical) ?? [];
    const { right, wrong } = this.#issuersOf(path, named);
    if (perhapsRoot && right.length === 0) {
      this.#finish(path, true, [...broken, wrongSignature(last, last)]);
    } else if (right.length + wrong.length === 0 || path.length >= maximumLength) {
      this.#finish(path, false, [...broken, missingIssuer(path, named)]);
    } else if (right.length > 0) {
      for (const issuer of right) this.#follow(path, issuer, broken);
    } else {
      for (const issuer of wrong) this.#follow(path, issuer, [...broken, wrongSignature(last, issuer)]);
    }
  }

  #follow(path: readonly Certificate[], issuer: Certificate, broken: readonly PathFailure[]): void {
    if (!this.best?.holds && this.#paths < maximumPaths) this.extend([...path, issuer], broken);
  }

  /** Those whose key signed the last certificate of the path, and some that only have the name. */
  #issuersOf(path: readonly Certificate[], named: readonly Certificate[]) {
    const last = path.at(-1) as Certificate;
    const fresh = named.filter(
      (issuer) => mayHaveIssued(last, issuer) && !path.some((each) => sameAuthority(each, issuer)),
    );
    const bySignature = Map.groupBy(this.#inOrder(fresh), (issuer) => this.#allowance.signed(last, issuer));
    return {
      right: bySignature.get(true) ?? [],
      wrong: bySignature.get(false)?.slice(0, maximumWrongKeys) ?? [],
    };
  }

  #finish(path: readonly Certificate[], complete: boolean, broken: readonly PathFailure[]): void {
    this.#paths += 1;
    const found = this.#verdict(path, complete, broken);
    if (!this.best || isBetter(found, this.best)) this.best = found;
  }

  #verdict(path: readonly Certificate[], complete: boolean, broken: readonly PathFailure[]): PathVerdict {
    const failures = [...broken, ...failuresOf(path, complete, this.#now, this.#comparisons)];
    return { holds: complete && failures.length === 0, path, complete, failures };
  }

  /** RFC 4158 §3.5: valid ones first, then self-signed ones (the shortest way to a root), then those that last longest. */
  #inOrder(issuers: readonly Certificate[]): Certificate[] {
    const valid = (each: Certificate) => Number(each.notBefore <= this.#now && this.#now <= each.notAfter);
    return [...issuers].sort(
      (a, b) =>
        valid(b) - valid(a) ||
        Number(looksSelfSigned(b)) - Number(looksSelfSigned(a)) ||
        b.notAfter.getTime() - a.notAfter.getTime(),
    );
  }
}

/** A path that holds, then one that reaches a root, then the fewest faults, then the longest, then the one that lasts longest. */
function isBetter(one: PathVerdict, other: PathVerdict): boolean {
  const difference =
    Number(one.holds) - Number(other.holds) ||
    Number(one.complete) - Number(other.complete) ||
    other.failures.length - one.failures.length ||
    one.path.length - other.path.length ||
    expiryOf(one) - expiryOf(other);
  return difference > 0;
}

const expiryOf = ({ path }: PathVerdict) => firstToExpire(path)?.notAfter.getTime() ?? 0;

/** RFC 4158 §5.2: one name with one key never twice, or cross-certified CAs go round in circles. */
function sameAuthority(one: Certificate, other: Certificate): boolean {
  return (
    one.subject.canonical === other.subject.canonical && Buffer.compare(one.publicKey.spki, other.publicKey.spki) === 0
  );
}

function wrongSignature(certificate: Certificate, issuer: Certificate): PathFailure {
  const identifier = certificate.authorityKeyIdentifier;
  const wanted = identifier === undefined ? '' : `; its authority key identifier is ${hexOf(identifier)}`;
  const message =
    certificate === issuer
      ? `The self-signature of ${labelOf(certificate)} does not verify: the certificate is damaged.`
      : `The key of ${labelOf(issuer)} (valid to ${dateOf(issuer.notAfter)}) did not sign ${labelOf(certificate)}${wanted}.`;
  return { code: 'chain_signature_invalid', certificate, message };
}

function missingIssuer(path: readonly Certificate[], named: readonly Certificate[]): PathFailure {
  const last = path.at(-1) as Certificate;
  const issuer = nameOf(last.issuer);
  if (path.length > 1) {
    const message = `The path ends at ${labelOf(last)}: ${whyNoRoot(last, issuer, named)}.`;
    return { code: 'chain_untrusted', certificate: last, message };
  }
  if (looksSelfSigned(last)) {
    const message = `The client certificate ${labelOf(last)} is self-signed: no CA issued it.`;
    return { code: 'chain_untrusted', certificate: last, message };
  }
  const another = named.find((each) => namesIssuer(last, each) && !keyIdentifiersAgree(last, each));
  const wanted =
    last.authorityKeyIdentifier === undefined ? '' : ` with key identifier ${hexOf(last.authorityKeyIdentifier)}`;
  const present = another
    ? `; it has another of that name, with ${hexOf(another.subjectKeyIdentifier ?? '')}, which is another key`
    : '';
  const message = `The bundle does not hold ${issuer}${wanted}, which issued the client certificate${present}.`;
  return { code: 'chain_incomplete', certificate: last, message };
}

function whyNoRoot(last: Certificate, issuer: string, named: readonly Certificate[]): string {
  if (named.length === 0) return `its issuer ${issuer} is not in the bundle`;
  if (!named.some((each) => mayHaveIssued(last, each)))
    return `the bundle has ${issuer}, but not with the key that issued it`;
  return 'from there it only leads back to itself, and to no self-signed root';
}
