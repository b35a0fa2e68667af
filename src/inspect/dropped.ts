/** Certificates that somebody puts onto a page: which of them is the client's is found out here, and a private key is refused. */
import { type CredentialInputs, givenCertificates, type KeyFound } from '../credential/index.ts';
import { type Bench, type Examination, examineSources, here } from '../examine/index.ts';
import type { Inspected } from '../report/index.ts';
import type { Certificate } from '../x509/index.ts';
import { thresholds } from './inspect.ts';

export type Dropped =
  /** Nothing else was looked at. */
  { readonly refused: KeyFound | 'unknown' } | { readonly inspected: Inspected };

const chainOrder = 'root-first';

/**
 * As the command `inspect` judges them, without a private key. The first certificate that is not a CA's is the client's, and the others are the bundle.
 * Nothing is kept.
 * @param files each a certificate or a bundle, in any form that is read elsewhere
 * @param bench where the work is done. Default: here.
 */
export async function inspectDropped(files: readonly Buffer[], now: Date, bench: Bench = here): Promise<Dropped> {
  for (const file of files) {
    const refused = await bench.keyIn(file);
    if (refused) return { refused };
  }
  const examined = (sources: CredentialInputs) =>
    examineSources(sources, { chainOrder, thresholds }, {}, now, undefined, bench);
  const alone: Looked[] = [];
  for (const file of files)
    alone.push(await look({ caBundle: { kind: 'given', what: 'what you gave', bytes: file } }, examined));
  // What cannot be read comes first: without it the rest would be judged wrongly.
  const unread = alone.find(({ examination: { credential } }) => credential.problems.length > 0);
  const certificates = alone.flatMap(({ examination }) => examination.credential.bundle);
  const client = certificates.find(isClient);
  const [first] = alone;
  if (unread ?? (!client && alone.length === 1 && first)) return inspected((unread ?? first) as Looked);
  return inspected(await look(partsOf(certificates, client), examined));
}

interface Looked {
  readonly sources: CredentialInputs;
  readonly examination: Examination;
}

const look = async (sources: CredentialInputs, examined: (sources: CredentialInputs) => Promise<Examination>) => ({
  sources,
  examination: await examined(sources),
});

const inspected = ({ examination: { assessment }, sources }: Looked): Dropped => ({
  inspected: { assessment, sources, chainOrder },
});

const isClient = ({ basicConstraints, selfIssued }: Certificate) => basicConstraints?.ca !== true && !selfIssued;

function partsOf(certificates: readonly Certificate[], client: Certificate | undefined): CredentialInputs {
  const others = certificates.filter((each) => each !== client);
  return {
    ...(client ? { certificate: givenCertificates('the client certificate', [client]) } : {}),
    ...(others.length > 0 ? { caBundle: givenCertificates('the CA bundle', others) } : {}),
  };
}
