/** No path leads from what came back to a root in the bundle: whose fault that is, and what to do where the bundle and the desk are known. Pure. */
import { type ResolvedEnvironment, sourceLabel, targetOf } from '../../config/index.ts';
import { catalogue, type Finding } from '../../findings/index.ts';
import { shellWord } from '../../text/index.ts';
import {
  type Assessment,
  explainWrongEnvironment,
  looksSelfSigned,
  mayHaveIssued,
  namedIssuer,
  policyFor,
  recognise,
} from '../../verify/index.ts';
import { type Certificate, nameOf } from '../../x509/index.ts';

export interface Received {
  readonly environment: ResolvedEnvironment;
  readonly issued: Certificate;
  /** Everything in the file that the desk sent. */
  readonly certificates: readonly Certificate[];
}

const aboutPath: ReadonlySet<string> = new Set(['chain_incomplete', 'chain_untrusted']);
export const isAboutPath = ({ code }: Finding): boolean => aboutPath.has(code);

/** Then no bundle would help, and nothing else about its path matters. */
export function wrongEnvironment({ environment, issued }: Received): string | undefined {
  const wrong = explainWrongEnvironment(issued, policyFor(environment).pki);
  return (
    wrong &&
    `${wrong.message} Ask the desk${addresses(environment)} for a certificate of this environment, and tell it that this one was issued by another environment’s CA.`
  );
}

export function pathReason({ code, message, remedy }: Finding, received: Received, { path, certificates }: Assessment) {
  const last = certificates.find(({ certificate }) => certificate.fingerprintSha256 === path.at(-1))?.certificate;
  const root = rootFor(last ?? received.issued, received);
  if (root && !isPublic(root, received)) return `${message} ${comparison(root, received)}`;
  return `${message} ${remedy === catalogue[code].remedy ? missing(received) : remedy}`;
}

const rootFor = (last: Certificate, { certificates }: Received): Certificate | undefined =>
  certificates.find((each) => looksSelfSigned(each) && each !== last && mayHaveIssued(last, each));

/** Bit for bit one of those that are shipped, so there is nothing to compare. */
const isPublic = (root: Certificate, { environment }: Received): boolean => {
  const known = recognise(root);
  return known !== undefined && known.generation === 2 && known.pki === policyFor(environment).pki;
};

const longestName = 80;

const comparison = ({ subject, fingerprintSha256 }: Certificate, { environment }: Received): string =>
  `The file has “${nameOf(subject, longestName)}”, but a root that came by email is not trusted. Compare its SHA-256 fingerprint, ${fingerprintSha256}, with what NHS England publishes; if they agree, add it to ${bundleOf(environment).label} and run this command again.`;

function missing({ environment, issued }: Received): string {
  const { preset, chainOrder } = environment;
  const { label, path } = bundleOf(environment);
  const isShipped = namedIssuer(issued)?.generation === 2 && preset !== undefined && preset !== 'sandbox';
  if (!isShipped || path === undefined)
    return `Ask the desk${addresses(environment)} for the CA certificates that it was issued under, compare their fingerprints with what NHS England publishes, and add them to ${label}.`;
  const order = chainOrder === 'leaf-first' ? ' --order leaf-first' : '';
  return `Run \`mesh-cert-monitor bundle --environment ${preset}${order} --output ${shellWord(path)}\`: it writes the CA certificates of that environment, and keeps the previous file.`;
}

function bundleOf(environment: ResolvedEnvironment): { readonly label: string; readonly path?: string } {
  const source = targetOf(environment)?.parts.caBundle;
  if (!source) return { label: 'the CA bundle' };
  return { label: `the CA bundle (${sourceLabel(source)})`, ...(source.kind === 'file' ? { path: source.path } : {}) };
}

const addresses = ({ renewal: { desk } }: ResolvedEnvironment): string =>
  desk.length > 0 ? ` (${desk.join(', ')})` : '';
