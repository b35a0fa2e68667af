/** Why the server's certificate is not trusted, from what it presented and what we trust. */
import { shortened } from '../../text/index.ts';
import { utcDay } from '../../time/index.ts';
import { looksSelfSigned } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { Failure, Presented } from './circumstances.ts';
import { above, currentBundle, isAnchored, ofMissingIssuer } from './missing-issuer.ts';
import { issuerOf, someOf, subjectOf } from './words.ts';

export function ofServerCertificate(presented: Presented): Failure {
  const { code, certificates, host, now } = presented;
  const [own] = certificates;
  if (presented.excess !== undefined)
    return untrusted(`the server presented ${presented.excess}, so they were not looked at`, tooMuch);
  if (!own)
    return { reason: 'server_certificate_untrusted', detail: 'the server presented no certificate that can be read' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return forAnotherName(own, host);
  // OpenSSL goes on after a missing issuer and reports the last fault that it finds, so that one is looked for first.
  const misnamed = presented.isForAnotherName ? [otherHostsName(own, host)] : [];
  if (missingIssuer.has(code) || !isAnchored(own, presented)) {
    const theirs = above(own, certificates);
    const weak = tooWeak(theirs).map(({ what }) => what);
    return ofMissingIssuer(own, presented, [...misnamed, ...outOfDate(theirs, now), ...weak]);
  }
  const dated = code === 'CERT_HAS_EXPIRED' ? expired(own, presented) : undefined;
  const early = code === 'CERT_NOT_YET_VALID' ? notYetValid(own, presented) : undefined;
  const found = dated ?? early;
  if (found) return misnamed.length > 0 ? elsewhere(found, misnamed) : found;
  const [weak] = tooWeak(above(own, certificates));
  return weak ? ofWeakness(weak) : otherwise(own, code);
}

/** Out of date, and not the certificate of the host that we asked for. */
const elsewhere = (found: Failure, misnamed: readonly string[]): Failure => ({
  ...found,
  detail: [found.detail, ...misnamed].join('; '),
  remedy:
    found.reason === 'server_certificate_expired' && found.remedy !== undefined
      ? found.remedy
      : 'Check the host in `mesh.url` first, then this machine’s clock: the certificate is out of date, and of another server.',
});

function untrusted(detail: string, remedy?: string): Failure {
  return { reason: 'server_certificate_untrusted', detail, ...(remedy === undefined ? {} : { remedy }) };
}

const tooMuch =
  'MESH’s own certificates are a few thousand bytes, so find out who answers at this address: a proxy that inspects TLS, or another server. Do not switch verification off.';

const otherHostsName = (own: Certificate, host: string) => `the certificate is for ${namesOf(own)}, not for ${host}`;

function namesOf(own: Certificate): string {
  const names = own.alternativeNames
    .filter(({ kind }) => kind === 'dns' || kind === 'ip')
    .map(({ value }) => shortened(String(value), mostOfHost));
  return names.length > 0 ? someOf(names) : `${subjectOf(own)} (it has no subject alternative name)`;
}

const mostOfHost = 80;

function forAnotherName(own: Certificate, host: string): Failure {
  return {
    reason: 'server_certificate_name_mismatch',
    detail: `${otherHostsName(own, host)}; ${issuerOf(own)} issued it`,
  };
}

const byOurClock = (now: Date) => `this machine’s clock says ${utcDay(now)}`;

/** OpenSSL builds the path from our bundle as well, so the expired certificate may be ours. */
function expired(own: Certificate, { certificates, trusted, now }: Presented): Failure {
  const reason = 'server_certificate_expired';
  const inBundle = new Set(trusted.map(({ fingerprintSha256 }) => fingerprintSha256));
  const isPast = ({ notAfter }: Certificate) => notAfter < now;
  const theirs = above(own, certificates).find((each) => isPast(each) && !inBundle.has(each.fingerprintSha256));
  const detail = (each: Certificate, where: string) =>
    `${subjectOf(each)}${where}, issued by ${issuerOf(each)}, expired on ${utcDay(each.notAfter)}, and ${byOurClock(now)}`;
  if (theirs) return { reason, detail: detail(theirs, '') };
  const ours = above(own, [...certificates, ...trusted]).find(isPast);
  if (!ours) return { reason, detail: 'a certificate in the chain has expired' };
  return {
    reason,
    detail: detail(ours, ' in the CA bundle'),
    remedy: `Replace it in the CA bundle: ${currentBundle}`,
  };
}

function notYetValid(own: Certificate, { certificates, trusted, now }: Presented): Failure | undefined {
  const early = above(own, [...certificates, ...trusted]).find(({ notBefore }) => notBefore > now);
  return (
    early &&
    untrusted(
      `${subjectOf(early)} is not valid before ${utcDay(early.notBefore)}, and ${byOurClock(now)}`,
      'Check this machine’s clock. If it is right, report it to the service desk of that environment.',
    )
  );
}

/** What the dates of an untrusted server's certificates add. */
function outOfDate(certificates: readonly Certificate[], now: Date): string[] {
  return certificates.flatMap((each) => {
    if (each.notAfter < now) return [`${subjectOf(each)} also expired on ${utcDay(each.notAfter)}`];
    return each.notBefore > now ? [`${subjectOf(each)} is also not valid before ${utcDay(each.notBefore)}`] : [];
  });
}

// OpenSSL 3.5 at its default security level, 2.
const leastBits: Readonly<Record<string, number>> = { RSA: 2048, 'RSA-PSS': 2048, DSA: 2048, EC: 224 };
const weakHash = /md[245]|sha1/i;

interface Weakness {
  readonly certificate: Certificate;
  readonly what: string;
}

function tooWeak(certificates: readonly Certificate[]): Weakness[] {
  return certificates.flatMap((certificate) => {
    const { algorithm, bits } = certificate.publicKey;
    const short = bits > 0 && bits < (leastBits[algorithm] ?? 0);
    // A trust anchor's own signature is not relied on.
    const weak = !looksSelfSigned(certificate) && weakHash.test(certificate.signatureAlgorithm);
    if (!short && !weak) return [];
    const how = short
      ? `has a key of only ${bits} bits (${algorithm})`
      : `is signed with ${certificate.signatureAlgorithm}`;
    return [{ certificate, what: `${subjectOf(certificate)} ${how}, which is too weak` }];
  });
}

function ofWeakness({ certificate, what }: Weakness): Failure {
  return untrusted(
    `${what}; ${issuerOf(certificate)} issued it`,
    'Find out what answered: MESH’s own certificates have 2048-bit RSA keys and SHA-256. Ask whoever runs this server, or the device in front of it, for a stronger certificate.',
  );
}

const missingIssuer = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

const sentences: Readonly<Record<string, string>> = {
  CERT_SIGNATURE_FAILURE: 'a signature in its chain is wrong',
  INVALID_CA: 'a certificate above it is not allowed to issue certificates',
  INVALID_PURPOSE: 'it, or a certificate above it, is not for TLS servers',
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
