/** A server's certificate whose issuer we do not know: a CA that the bundle lacks, or something that inspects TLS. */
import { isNhsName, looksSelfSigned, mayHaveIssued, pathUp } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { Failure, Presented } from './circumstances.ts';
import { issuerOf, named, someOf, subjectOf, theProxy } from './words.ts';

export const currentBundle =
  '`mesh-cert-monitor bundle --environment NAME` prints the current CA certificates of integration, deployment or production.';

/** The certificate and everything that may be above it, lowest first. */
export function above(own: Certificate, certificates: readonly Certificate[]): Certificate[] {
  const reached = [own];
  for (const below of reached) {
    reached.push(...certificates.filter((each) => !reached.includes(each) && mayHaveIssued(below, each)));
  }
  return reached;
}

/** Whether what the server presented leads to something that we trust. */
export function isAnchored(
  own: Certificate,
  { certificates, trusted, isRootHere }: Pick<Presented, 'certificates' | 'trusted' | 'isRootHere'>,
): boolean {
  const inBundle = new Set(trusted.map(({ fingerprintSha256 }) => fingerprintSha256));
  return above(own, certificates).some(
    (each) =>
      inBundle.has(each.fingerprintSha256) || trusted.some((ours) => mayHaveIssued(each, ours)) || isRootHere(each),
  );
}

/** @param faults - what else is wrong with it */
export function ofMissingIssuer(own: Certificate, presented: Presented, faults: readonly string[]): Failure {
  const { asksForCertificate, certificates, host, proxy, trusted } = presented;
  const reason = 'server_certificate_untrusted';
  const path = pathUp(own, certificates);
  const top = path.at(-1) ?? own;
  const also = [
    ...namesakes(top, trusted),
    ...faults,
    ...strangers(path, certificates),
    ...(asksForCertificate === false ? ['the server did not ask for our certificate'] : []),
    ...(proxy ? [`the connection goes through ${theProxy(proxy)}`] : []),
  ].map((each) => `; ${each}`);
  // A self-signed leaf names itself as its issuer, which tells nobody anything.
  const alone = path.length === 1 && looksSelfSigned(own);
  if (isNhsName(top.issuer) && !alone) {
    return {
      reason,
      detail: `${whoIssued(path)}, and ${issuerOf(top)} is not in the CA bundle${also.join('')}`,
      remedy: `Add ${issuerOf(top)} and the root above it to the CA bundle: ${currentBundle} Do not switch verification off.`,
    };
  }
  const who = alone ? `${subjectOf(own)} is self-signed` : whoIssued(path);
  return {
    reason,
    detail: `${who}${alone ? ', and it is not in the CA bundle' : ', which is not an NHS CA and is not in the CA bundle'}${also.join('')}`,
    remedy: `Ask ${proxy ? 'whoever runs the proxy' : 'the network team'} whether TLS is inspected on the path, and to exempt ${host} if it is: a client certificate cannot pass through inspection. If \`mesh.url\` is not one of MESH’s addresses, add that server’s CA to the CA bundle instead. Do not switch verification off.`,
  };
}

function whoIssued(path: readonly Certificate[]): string {
  const [own, ...above] = path;
  if (!own) return 'the certificate';
  const chain = above.filter((each) => !looksSelfSigned(each)).map((each) => ` under ${issuerOf(each)}`);
  return `${subjectOf(own)} was issued by ${issuerOf(own)}${chain.join('')}`;
}

/** Certificates that the server sent although they did not issue its own, as happens after a renewal by another CA. */
function strangers(path: readonly Certificate[], certificates: readonly Certificate[]): string[] {
  const others = certificates.filter((each) => !path.includes(each));
  return others.length === 0 ? [] : [`the server also sent ${someOf(others.map(subjectOf))}, which did not issue it`];
}

/** The same name with another key: a different generation of the same CA. */
function namesakes(top: Certificate, trusted: readonly Certificate[]): string[] {
  const same = trusted.some(({ subject }) => subject.canonical === top.issuer.canonical);
  return same ? [`the CA bundle has a different CA certificate with the name ${named(top.issuer)}`] : [];
}
