/** Why the server's certificate is not trusted, from what it presented and what we trust. */
import { utcDay } from '../../time/index.ts';
import { isNhsName, looksSelfSigned, mayHaveIssued } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { Failure } from './circumstances.ts';
import { issuerOf, listed, named, subjectOf } from './words.ts';

export interface Presented {
  /** OpenSSL's verdict, or Node's about the name. */
  readonly code: string;
  /** As presented, the server's own first. */
  readonly certificates: readonly Certificate[];
  /** If they exceed a limit: in which way. Then there are none here. */
  readonly excess?: string;
  /** The CA bundle. */
  readonly trusted: readonly Certificate[];
  readonly host: string;
  readonly asksForCertificate?: boolean;
  readonly now: Date;
}

export function ofServerCertificate(presented: Presented): Failure {
  const { code, certificates, host, now } = presented;
  const [own] = certificates;
  if (presented.excess !== undefined)
    return untrusted(`the server presented ${presented.excess}, so they were not looked at`, tooMuch);
  if (!own)
    return { reason: 'server_certificate_untrusted', detail: 'the server presented no certificate that can be read' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return forAnotherName(own, host);
  if (code === 'CERT_HAS_EXPIRED') return expired(presented);
  const early = code === 'CERT_NOT_YET_VALID' ? certificates.find(({ notBefore }) => notBefore > now) : undefined;
  if (early) {
    return untrusted(
      `${subjectOf(early)} is not valid before ${utcDay(early.notBefore)}, and this machine’s clock says ${utcDay(now)}`,
      'Check this machine’s clock. If it is right, report it to the service desk of that environment.',
    );
  }
  return tooWeak(certificates) ?? (missingIssuer.has(code) ? issuerUnknown(own, presented) : otherwise(own, code));
}

function untrusted(detail: string, remedy?: string): Failure {
  return { reason: 'server_certificate_untrusted', detail, ...(remedy === undefined ? {} : { remedy }) };
}

const tooMuch =
  'MESH’s own certificates are a few thousand bytes, so find out who answers at this address: a proxy that inspects TLS, or another server. Do not switch verification off.';

const shown = 3;

function forAnotherName(own: Certificate, host: string): Failure {
  const names = own.alternativeNames
    .filter(({ kind }) => kind === 'dns' || kind === 'ip')
    .map(({ value }) => String(value));
  const some = names.length > shown ? [...names.slice(0, shown), `${names.length - shown} more`] : names;
  const instead = names.length > 0 ? listed(some) : `${subjectOf(own)} (it has no subject alternative name)`;
  return {
    reason: 'server_certificate_name_mismatch',
    detail: `the certificate is for ${instead}, not for ${host}; ${issuerOf(own)} issued it`,
  };
}

const currentBundle =
  '`mesh-cert-monitor bundle --environment NAME` prints the current CA certificates of integration, deployment or production.';

/** OpenSSL builds the path from our bundle as well, so the expired certificate may be ours. */
function expired({ certificates, trusted, now }: Presented): Failure {
  const reason = 'server_certificate_expired';
  const inBundle = new Set(trusted.map(({ fingerprintSha256 }) => fingerprintSha256));
  const theirs = certificates.find((each) => each.notAfter < now && !inBundle.has(each.fingerprintSha256));
  const detail = (each: Certificate, where: string) =>
    `${subjectOf(each)}${where}, issued by ${issuerOf(each)}, expired on ${utcDay(each.notAfter)}, and this machine’s clock says ${utcDay(now)}`;
  if (theirs) return { reason, detail: detail(theirs, '') };
  const ours = trusted.find(
    (each) => each.notAfter < now && certificates.some((certificate) => mayHaveIssued(certificate, each)),
  );
  if (!ours) return { reason, detail: 'a certificate in the chain has expired' };
  return {
    reason,
    detail: detail(ours, ' in the CA bundle'),
    remedy: `Replace it in the CA bundle: ${currentBundle}`,
  };
}

// OpenSSL 3.5 at its default security level, 2.
const leastBits: Readonly<Record<string, number>> = { RSA: 2048, 'RSA-PSS': 2048, DSA: 2048, EC: 224 };
const weakHash = /md[245]|sha1/i;

function tooWeak(certificates: readonly Certificate[]): Failure | undefined {
  for (const each of certificates) {
    const { algorithm, bits } = each.publicKey;
    const short = bits > 0 && bits < (leastBits[algorithm] ?? 0);
    // A trust anchor's own signature is not relied on.
    const weak = !looksSelfSigned(each) && weakHash.test(each.signatureAlgorithm);
    if (!short && !weak) continue;
    const what = short ? `has a key of only ${bits} bits (${algorithm})` : `is signed with ${each.signatureAlgorithm}`;
    return untrusted(
      `${subjectOf(each)} ${what}, which is too weak; ${issuerOf(each)} issued it`,
      'Find out what answered: MESH’s own certificates have 2048-bit RSA keys and SHA-256. Ask whoever runs this server, or the device in front of it, for a stronger certificate.',
    );
  }
  return undefined;
}

const missingIssuer = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

function issuerUnknown(own: Certificate, presented: Presented): Failure {
  const { certificates, trusted, host, asksForCertificate } = presented;
  const path = pathUp(own, certificates);
  const top = path.at(-1) ?? own;
  const also = [
    ...strangers(path, certificates),
    ...namesakes(top, trusted),
    ...(asksForCertificate === false ? ['the server did not ask for our certificate'] : []),
  ].map((each) => `; ${each}`);
  // A self-signed leaf names itself as its issuer, which tells nobody anything.
  const alone = path.length === 1 && looksSelfSigned(own);
  if (isNhsName(top.issuer) && !alone) {
    return untrusted(
      `${whoIssued(path)}, and ${issuerOf(top)} is not in the CA bundle${also.join('')}`,
      `Add ${issuerOf(top)} and the root above it to the CA bundle: ${currentBundle} Do not switch verification off.`,
    );
  }
  const who = alone ? `${subjectOf(own)} is self-signed` : whoIssued(path);
  return untrusted(
    `${who}${alone ? ', and it is not in the CA bundle' : ', which is not an NHS CA and is not in the CA bundle'}${also.join('')}`,
    `Ask the network team whether TLS is inspected on the path, and to exempt ${host} if it is: a client certificate cannot pass through inspection. If \`mesh.url\` is not one of MESH’s addresses, add that server’s CA to the CA bundle instead. Do not switch verification off.`,
  );
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
  return others.length === 0 ? [] : [`the server also sent ${listed(others.map(subjectOf))}, which did not issue it`];
}

/** The same name with another key: a different generation of the same CA. */
function namesakes(top: Certificate, trusted: readonly Certificate[]): string[] {
  const same = trusted.some(({ subject }) => subject.canonical === top.issuer.canonical);
  return same ? [`the CA bundle has a different CA certificate with the name ${named(top.issuer)}`] : [];
}

function pathUp(own: Certificate, certificates: readonly Certificate[]): Certificate[] {
  const path = [own];
  for (;;) {
    const below = path.at(-1) ?? own;
    if (looksSelfSigned(below)) return path;
    const above = certificates.find((each) => !path.includes(each) && mayHaveIssued(below, each));
    if (!above) return path;
    path.push(above);
  }
}

const sentences: Readonly<Record<string, string>> = {
  CERT_SIGNATURE_FAILURE: 'a signature in its chain is wrong',
  INVALID_CA: 'a certificate above it is not allowed to issue certificates',
  INVALID_PURPOSE: 'it is not for TLS servers',
  PATH_LENGTH_EXCEEDED: 'its chain is longer than one of its CAs allows',
  CERT_REJECTED: 'it is not trusted for this use',
  CERT_REVOKED: 'it is revoked',
};

function otherwise(own: Certificate, code: string): Failure {
  const what = sentences[code] ?? `OpenSSL does not accept it (${code.toLowerCase().replaceAll('_', ' ')})`;
  return untrusted(
    `${subjectOf(own)}, issued by ${issuerOf(own)}: ${what}`,
    'Report it to the service desk of that environment, or to whoever runs the server. Do not switch verification off.',
  );
}
