import {
  type Certificate,
  DerError,
  labelsOf,
  MalformedCertificateError,
  type PemBlock,
  parseCertificate,
  readFirst,
} from '../x509/index.ts';
import { formOf } from './form.ts';

export interface CertificateReading {
  /** In file order; `undefined` stands where one did not parse. */
  readonly entries: readonly (Certificate | undefined)[];
  /** Each continues a sentence that begins with the place. */
  readonly problems: readonly string[];
}

const certificateLabels: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/** Every certificate of a source, and what is wrong with the blocks that are none. Keys beside them are passed over. */
export function readCertificates(bytes: Buffer): CertificateReading {
  const form = formOf(bytes);
  if (form.kind === 'pem') return fromBlocks(form.blocks);
  if (form.kind === 'der') return attempt(() => parseCertificate(form.bytes), '');
  const reason = form.kind === 'jks' ? 'it is a Java keystore: configure it as `keystore`' : form.reason;
  return { entries: [], problems: [reason] };
}

function fromBlocks(blocks: readonly PemBlock[]): CertificateReading {
  const wanted = blocks.filter(({ label }) => certificateLabels.has(label) || label === '');
  if (wanted.length === 0) {
    const packed = blocks.some(({ label }) => label.startsWith('PKCS7'));
    const hint = packed ? '; `openssl pkcs7 -print_certs` unpacks it' : '';
    return { entries: [], problems: [`it holds no certificate, only ${labelsOf(blocks)}${hint}`] };
  }
  const readings = wanted.map((block) =>
    attempt(() => fromBlock(block), `block ${block.number} (line ${block.line}): `),
  );
  return {
    entries: readings.flatMap(({ entries }) => entries),
    problems: summed(readings.flatMap(({ problems }) => problems)),
  };
}

/** A file that is damaged all over says the same thing ten thousand times. */
const mostProblems = 8;

function summed(problems: readonly string[]): readonly string[] {
  const more = problems.length - mostProblems;
  return more > 1 ? [...problems.slice(0, mostProblems), `${more} more blocks do not parse either`] : problems;
}

function fromBlock({ label, bytes, problem }: PemBlock): Certificate {
  if (!bytes) throw new MalformedCertificateError(problem);
  // OpenSSL writes its trust settings behind the certificate.
  return parseCertificate(label === 'TRUSTED CERTIFICATE' ? readFirst(bytes, 'the certificate').raw : bytes);
}

function attempt(parse: () => Certificate, place: string): CertificateReading {
  try {
    return { entries: [parse()], problems: [] };
  } catch (error) {
    if (!(error instanceof MalformedCertificateError || error instanceof DerError)) throw error;
    return { entries: [undefined], problems: [`${place}${error.message}`] };
  }
}
