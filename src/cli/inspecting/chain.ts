/** A whole chain in one file, as `openssl s_client -showcerts` prints it: the certificate that the others are for, and those as its bundle. */
import type { GivenSource } from '../../config/index.ts';
import { type CertificateReading, givenCertificates } from '../../credential/index.ts';
import { joined, type SafeText, say } from '../../text/index.ts';
import { type Certificate, isSignedBy, nameOf } from '../../x509/index.ts';
import { nhsCertificates } from './trusted.ts';

export interface Chain {
  readonly sources: { readonly certificate: GivenSource; readonly caBundle: GivenSource };
  /** What was added, for a person. */
  readonly note?: SafeText;
}

const longestName = 80;

/** @returns undefined unless it is more than one certificate, all of them readable, and one of them not a CA. */
export async function chainIn({ entries, problems }: CertificateReading, place: SafeText): Promise<Chain | undefined> {
  const certificates = entries.filter((entry) => entry !== undefined);
  const own = certificates.find((each) => !isCa(each));
  if (!own || certificates.length < 2 || problems.length > 0) return undefined;
  const others = certificates.filter((each) => each !== own);
  const added = await missingFrom(certificates);
  const what = say`the other certificates of ${place}`;
  const names = joined(
    added.map(({ subject }) => nameOf(subject, longestName)),
    ', ',
  );
  return {
    sources: { certificate: givenCertificates(place, [own]), caBundle: givenCertificates(what, [...others, ...added]) },
    ...(added.length > 0 && {
      note: say`${names}: not in ${place}, so taken from the NHS certificates in this program`,
    }),
  };
}

export const isCa = ({ basicConstraints }: Certificate): boolean => basicConstraints?.ca === true;

/** Servers and desks leave the root out, because whoever trusts it has it. Loaded only if one is missing. */
async function missingFrom(certificates: readonly Certificate[]): Promise<Certificate[]> {
  const added: Certificate[] = [];
  const lacksIssuer = (each: Certificate) =>
    !each.selfIssued && [...certificates, ...added].every((other) => !hasIssued(other, each));
  if (!certificates.some(lacksIssuer)) return added;
  const known = await nhsCertificates();
  for (let next: Certificate | undefined; ; added.push(next)) {
    next = known.find((issuer) =>
      [...certificates, ...added].some((each) => lacksIssuer(each) && hasIssued(issuer, each)),
    );
    if (!next) return added;
  }
}

const hasIssued = (issuer: Certificate, each: Certificate) =>
  issuer !== each && issuer.subject.canonical === each.issuer.canonical && isSignedBy(each, issuer);
