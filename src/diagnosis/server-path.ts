/** The path of the server that answers, as far as it showed it, beside ours. */
import type { Finding } from '../findings/index.ts';
import { isNhsName, looksSelfSigned, mayHaveIssued, namedIssuer, pathUp } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { Evidence } from './types.ts';
import { authoritiesOf, clientOf, ourPath } from './words.ts';

/** The highest certificate that the server sent on the path of its own. */
export function topOfServer({ handshake }: Evidence): Certificate | undefined {
  return pathWithin(handshake?.serverCertificates ?? []).at(-1);
}

/** From the first of them up. */
const pathWithin = ([own, ...others]: readonly Certificate[]): Certificate[] => (own ? pathUp(own, others) : []);

/** The bundle has no certificate that can have issued it: whatever its dates say, the issuer is what is missing. */
export function issuerIsMissing(evidence: Evidence): boolean {
  const top = topOfServer(evidence);
  return top !== undefined && !authoritiesOf(evidence).some((each) => mayHaveIssued(top, each));
}

/** By the same name as one of our CAs, or by a name that the NHS uses: a new generation. Otherwise a stranger. */
export function isOfOurAuthorities(evidence: Evidence): boolean {
  const top = topOfServer(evidence);
  if (!top || looksSelfSigned(top)) return false;
  const ours = authoritiesOf(evidence).flatMap(({ subject, issuer }) => [subject.canonical, issuer.canonical]);
  return ours.includes(top.issuer.canonical) || isNhsName(top.issuer);
}

const sameIssuer = (one: Certificate, other: Certificate) =>
  one.issuer.canonical === other.issuer.canonical &&
  (one.authorityKeyIdentifier === undefined ||
    other.authorityKeyIdentifier === undefined ||
    one.authorityKeyIdentifier === other.authorityKeyIdentifier);

/** Whether what is wrong with our path is why the server's certificate is not accepted either: its path goes through the CA at fault. */
export function isOnServersPath(evidence: Evidence, { code, subject }: Finding): boolean {
  const { handshake, now } = evidence;
  const sent = handshake?.serverCertificates ?? [];
  const servers = pathWithin([...sent, ...authoritiesOf(evidence)]);
  const [own] = servers;
  const client = clientOf(evidence);
  const end = ourPath(evidence).at(-1);
  if (!own || !client || !end) return false;
  if (code === 'ca_expired') {
    const expired = authoritiesOf(evidence).filter(({ notAfter }) => notAfter < now);
    return own.notAfter >= now && servers.some((each) => expired.some((ca) => ca !== each && mayHaveIssued(each, ca)));
  }
  // A whole path is untrusted only where certificate and bundle are of another environment.
  if (code === 'chain_untrusted' && end !== client && looksSelfSigned(end))
    return issuerIsMissing(evidence) && isOfOurAuthorities(evidence);
  // Our own certificate is nobody else's fault.
  if (code !== 'chain_incomplete' && subject === client.subject.text) return false;
  const known = namedIssuer(client)?.pki;
  return servers.some(
    (each) =>
      ourPath(evidence).some((one) => sameIssuer(each, one)) ||
      (known !== undefined && namedIssuer(each)?.pki === known),
  );
}
