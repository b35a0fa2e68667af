import { type Certificate, opensslTakesAsIssuer } from '../x509/index.ts';
import { distinct, looksSelfSigned, mayHaveIssued } from './issuers.ts';

/**
 * The path that OpenSSL takes at `at`, client first. Among the issuers of the right name and key identifier it takes the first of the
 * bundle that is inside its validity, else the one that lasts longest; and it never comes back to another, whatever it finds
 * further up. (X509_STORE_CTX_get1_issuer(3). Node would tell the path of a handshake, but goes round for ever where CAs certify each other.)
 * @returns undefined where the bundle has every name once, and so leaves no choice
 */
export function opensslPath(client: Certificate, bundle: readonly Certificate[], at: Date): Certificate[] | undefined {
  const authorities = distinct(bundle);
  const bySubject = Map.groupBy(authorities, ({ subject }) => subject.canonical);
  if (bySubject.size === authorities.length) return undefined;
  const path = [client];
  for (let last = client; !looksSelfSigned(last); ) {
    const issuer = choose(last, path, bySubject.get(last.issuer.canonical) ?? [], at);
    if (!issuer) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

function choose(last: Certificate, path: readonly Certificate[], named: readonly Certificate[], at: Date) {
  const candidates = named.filter((each) => !path.includes(each) && isCandidate(last, each));
  const valid = candidates.find(({ notBefore, notAfter }) => notBefore <= at && at <= notAfter);
  return valid ?? candidates.toSorted((one, other) => other.notAfter.getTime() - one.notAfter.getTime())[0];
}

/** X509_check_issued(3) also wants the permission to sign certificates, which OpenSSL asks for only once the path is built. */
const isCandidate = (last: Certificate, issuer: Certificate) =>
  mayHaveIssued(last, issuer) && (!maySign(issuer) || opensslTakesAsIssuer(last, issuer));

const maySign = ({ keyUsage }: Certificate) => keyUsage?.usages.has('keyCertSign') ?? true;
