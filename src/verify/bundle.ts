/** What is in the bundle in addition to the path. None of it troubles OpenSSL; all of it is worth knowing. */
import { type Finding, type FindingCode, finding } from '../findings/index.ts';
import type { Certificate } from '../x509/index.ts';
import { dateOf, placeInBundle } from './label.ts';
import { recognise } from './nhs-pki.ts';
import type { PathVerdict } from './path.ts';

/** The bundle of a whole operating system would otherwise repeat one message a hundred times. */
const mostOfOneKind = 8;

/** Without a path to a root, nobody knows what the bundle is for, so nothing in it is called unrelated. */
export function judgeBundle(
  bundle: readonly Certificate[],
  client: Certificate | undefined,
  { path, complete }: Pick<PathVerdict, 'path' | 'complete'>,
  now: Date,
): Finding[] {
  const firsts = new Map(bundle.map((each, index) => [each.fingerprintSha256, index] as const).reverse());
  const places = bundle.map((certificate, index) => ({
    certificate,
    index,
    first: firsts.get(certificate.fingerprintSha256) ?? index,
  }));
  const once = places.filter(({ index, first }) => index === first);
  const isClient = ({ certificate }: Place) => certificate.fingerprintSha256 === client?.fingerprintSha256;
  const onPath = new Set(path.map(({ fingerprintSha256 }) => fingerprintSha256));
  const spare = once.filter((place) => !isClient(place) && !onPath.has(place.certificate.fingerprintSha256));
  const expired = spare.filter(({ certificate }) => now > certificate.notAfter);
  const unrelated = complete ? spare.filter((place) => !expired.includes(place)) : [];
  return [
    ...report('bundle_contains_client_certificate', once.filter(isClient), () => ' is the client certificate'),
    ...report('bundle_unrelated_certificate', unrelated, unrelatedness),
    ...report(
      'bundle_duplicate_certificate',
      places.filter(({ index, first }) => index !== first),
      ({ first }) => ` is the same as certificate ${first + 1}`,
    ),
    ...report(
      'bundle_expired_certificate',
      expired,
      ({ certificate }) => ` expired on ${dateOf(certificate.notAfter)}${complete ? ', and nothing needs it' : ''}`,
    ),
  ];
}

function unrelatedness({ certificate }: Place): string {
  const known = recognise(certificate);
  const which = known?.generation === 1 ? ', of the first generation of NHS certificate authorities,' : '';
  return `${which} is not on the path of the client certificate`;
}

interface Place {
  readonly certificate: Certificate;
  readonly index: number;
  readonly first: number;
}

function report(code: FindingCode, places: readonly Place[], what: (place: Place) => string): Finding[] {
  const findings = places.slice(0, mostOfOneKind).map((place) => {
    const message = `In the bundle, ${placeInBundle(place.certificate, place.index)}${what(place)}.`;
    return finding(code, message, { subject: place.certificate.subject.text });
  });
  const more = places.length - findings.length;
  if (more > 0) findings.push(finding(code, `In the bundle, the same is true of ${more} more certificates.`));
  return findings;
}
