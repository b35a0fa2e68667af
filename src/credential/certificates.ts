import { allowance, limits } from '../limits/index.ts';
import { counted } from '../text/index.ts';
import {
  type Certificate,
  DerError,
  labelsOf,
  MalformedCertificateError,
  type PemBlock,
  parseCertificate,
  readFirst,
} from '../x509/index.ts';
import { type Form, formOf } from './form/form.ts';
import { partsOfMail } from './form/mail.ts';
import { insteadOfCertificate, kindOfDer, kindOfLabel } from './form/other-formats.ts';
import { certificatesOfPkcs7 } from './form/pkcs7.ts';

export interface CertificateReading {
  /** In file order; `undefined` for one that did not parse. */
  readonly entries: readonly (Certificate | undefined)[];
  /** Each one continues a sentence that begins with the place. */
  readonly problems: readonly string[];
  /** Those of them that say what is over a limit: it is not read, and may be correct. */
  readonly overLimit: readonly string[];
}

const certificateLabels: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);
const packedLabels: ReadonlySet<string> = new Set(['PKCS7', 'CMS']);

/** The PEM labels of certificates. */
export const isCertificateLabel = (label: string): boolean => certificateLabels.has(label) || packedLabels.has(label);

/** A message inside a message inside a message; no real message is nested deeper. */
export const deepestMail = 3;

/**
 * Every certificate of a source, and what is wrong with blocks that are not certificates: PEM, DER, PKCS#7 in either, or an email that
 * contains one of them. Keys next to certificates are skipped. Never throws because of the content.
 * @param form - of these bytes, if the caller knows it.
 */
export async function readCertificates(bytes: Buffer, form: Form = formOf(bytes)): Promise<CertificateReading> {
  return bounded(await readForm(form, 0));
}

/** The text of a source that is PEM, without what it was wrapped in; undefined for any other form. For what stands between the blocks. */
export function pemTextOf(bytes: Buffer): string | undefined {
  const form = formOf(bytes);
  return form.kind === 'pem' ? form.text : undefined;
}

export async function readForm(form: Form, depth: number): Promise<CertificateReading> {
  switch (form.kind) {
    case 'pem':
      return fromBlocks(form.blocks);
    case 'der':
      return fromDer(form.bytes, '');
    case 'mail':
      return depth < deepestMail ? fromMail(form.bytes, depth) : nothing('it is a message inside too many messages');
    case 'jks':
      return nothing('it is a Java keystore: configure it as `keystore`');
    case 'none':
      return nothing(form.reason);
  }
}

export const nothing = (reason: string): CertificateReading => ({ entries: [], problems: [reason], overLimit: [] });

/** The first part that contains a certificate: a desk puts it in the text or attaches it. */
async function fromMail(bytes: Uint8Array, depth: number): Promise<CertificateReading> {
  for (const part of await partsOfMail(bytes)) {
    const reading = await readForm(formOf(part), depth + 1);
    if (reading.entries.some((entry) => entry !== undefined)) return reading;
  }
  return nothing('it is an email without a certificate in its text or attachments');
}

function fromBlocks(blocks: readonly PemBlock[]): CertificateReading {
  const wanted = blocks.filter(({ label }) => isCertificateLabel(label) || label === '');
  if (wanted.length === 0) {
    const kind = blocks[0] && kindOfLabel(blocks[0].label);
    const instead = kind && insteadOfCertificate[kind];
    return nothing(`it does not contain a certificate, only ${labelsOf(blocks)}${instead ? `: ${instead}` : ''}`);
  }
  // One more than the limit shows that there are more.
  const readings = wanted
    .slice(0, limits.bundleCertificates + 1)
    .map((block) => fromBlock(block, `block ${block.number} (line ${block.line}): `));
  return {
    entries: readings.flatMap(({ entries }) => entries),
    problems: summed(readings.flatMap(({ problems }) => problems)),
    overLimit: readings.flatMap(({ overLimit }) => overLimit),
  };
}

function bounded({ entries, problems, overLimit }: CertificateReading): CertificateReading {
  const { entries: kept, excess = [] } = withinLimits(entries);
  return { entries: kept, problems: [...excess, ...problems], overLimit: [...excess, ...overLimit] };
}

const notLookedAt = 'the limit; the others are not looked at';
const tooMany = [`it has more than ${limits.bundleCertificates} certificates, ${notLookedAt}`];
const tooMuch = [
  `its certificates have more than ${counted(limits.bundleEntries)} names and policies in all, ${notLookedAt}`,
];

/** The first ones, as many as the limits allow, and what is said of the others. */
export function withinLimits<Entry extends Certificate | undefined>(
  entries: readonly Entry[],
): { readonly entries: readonly Entry[]; readonly excess?: readonly string[] } {
  const work = allowance(limits.bundleEntries);
  const end = entries.findIndex((each) => each && !work.spend(entriesOf(each)));
  if (end !== -1 && end <= limits.bundleCertificates) return { entries: entries.slice(0, end), excess: tooMuch };
  if (entries.length <= limits.bundleCertificates) return { entries };
  return { entries: entries.slice(0, limits.bundleCertificates), excess: tooMany };
}

/** What there can be thousands of in one certificate. */
function entriesOf(certificate: Certificate): number {
  const { alternativeNames, nameConstraints, certificatePolicies, policyMappings, extendedKeyUsage } = certificate;
  const { permitted = [], excluded = [] } = nameConstraints ?? {};
  const lists = [alternativeNames, permitted, excluded, certificatePolicies, policyMappings, certificate.subjectRdns];
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), extendedKeyUsage?.purposes.size ?? 0);
}

/** A badly damaged file would otherwise report the same problem ten thousand times. */
const mostProblems = 8;

function summed(problems: readonly string[]): readonly string[] {
  const more = problems.length - mostProblems;
  return more > 1 ? [...problems.slice(0, mostProblems), `${more} more blocks do not parse`] : problems;
}

function fromBlock({ label, bytes, problem }: PemBlock, place: string): CertificateReading {
  if (!bytes) return damaged(`${place}${problem}`);
  // OpenSSL writes its trust settings after the certificate.
  if (label === 'TRUSTED CERTIFICATE')
    return attempt(() => [parseCertificate(readFirst(bytes, 'the certificate').raw)], place);
  return fromDer(bytes, place);
}

function fromDer(bytes: Uint8Array, place: string): CertificateReading {
  const kind = kindOfDer(bytes);
  if (kind === 'pkcs7') return attempt(() => certificatesOfPkcs7(bytes).map(parseCertificate), place);
  const instead = insteadOfCertificate[kind];
  if (instead !== undefined) return damaged(`${place}${instead}`);
  return attempt(() => [parseCertificate(bytes)], place);
}

function attempt(parse: () => Certificate[], place: string): CertificateReading {
  try {
    return { entries: parse(), problems: [], overLimit: [] };
  } catch (error) {
    if (!(error instanceof MalformedCertificateError || error instanceof DerError)) throw error;
    const message = `${place}${error.message}`;
    return { ...damaged(message), overLimit: error.overLimit ? [message] : [] };
  }
}

const damaged = (problem: string): CertificateReading => ({ entries: [undefined], problems: [problem], overLimit: [] });
