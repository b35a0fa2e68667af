import { type Allowance, allowance, limits } from '../limits/index.ts';
import { type Certificate, opensslTakesAsIssuer } from '../x509/index.ts';
import { distinct, looksSelfSigned, mayHaveIssued } from './issuers.ts';

/**
 * The path that OpenSSL takes at `at`, client first. Of the issuers with the right name and key identifier it takes the first in the bundle that
 * is valid at that time, or failing that the one that expires last, and it never goes back to try another (X509_STORE_CTX_get1_issuer(3)).
 * Node could report the path of a handshake, but its `getPeerCertificate(true)` never returns if CAs have certified each other.
 * @returns undefined if every name is in the bundle only once, so there is no choice, or if one name occurs too often to follow
 */
export function opensslPath(client: Certificate, bundle: readonly Certificate[], at: Date): Certificate[] | undefined {
  const authorities = distinct(bundle);
  const bySubject = Map.groupBy(authorities, ({ subject }) => subject.canonical);
  if (bySubject.size === authorities.length) return undefined;
  const questions = allowance(limits.opensslQuestions);
  const path = [client];
  for (let last = client; !looksSelfSigned(last); ) {
    const named = bySubject.get(last.issuer.canonical) ?? [];
    const issuer = inItsOrder(named, at).find((each) => !path.includes(each) && isCandidate(last, each, questions));
    if (questions.isSpent) return undefined;
    if (!issuer) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

function inItsOrder(named: readonly Certificate[], at: Date): readonly Certificate[] {
  const isValid = ({ notBefore, notAfter }: Certificate) => notBefore <= at && at <= notAfter;
  const others = named.filter((each) => !isValid(each));
  return [...named.filter(isValid), ...others.sort((one, other) => other.notAfter.getTime() - one.notAfter.getTime())];
}

/** X509_check_issued(3) also requires permission to sign certificates, which OpenSSL checks only after it has built the path. */
const isCandidate = (last: Certificate, issuer: Certificate, questions: Allowance) =>
  mayHaveIssued(last, issuer) && questions.spend(1) && (!maySign(issuer) || opensslTakesAsIssuer(last, issuer));

const maySign = ({ keyUsage }: Certificate) => keyUsage?.usages.has('keyCertSign') ?? true;
