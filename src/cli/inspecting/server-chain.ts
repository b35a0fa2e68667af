/** What `openssl s_client` printed: the chain of a server, which is judged as one, as `--connect` does. */
import { givenCertificates, readCertificates } from '../../credential/index.ts';
import { examineSources } from '../../examine/index.ts';
import { catalogue, type FindingCode } from '../../findings/index.ts';
import { thresholds } from '../../inspect/index.ts';
import type { HandshakeResult } from '../../mesh/index.ts';
import type { ServerInspected } from '../../report/index.ts';
import { lowerFirst, type SafeText, say } from '../../text/index.ts';
import { invalidates } from '../../verify/index.ts';
import { systemIssuersOf, trustedBy } from './trusted.ts';

const printedByClient = /^CONNECTED\([0-9A-F]+\)\r?$|^Server certificate\r?$/m;

/** Rules for a client of MESH. Order is not one of a server's chain: it is presented leaf first. */
const aboutClients: readonly FindingCode[] = [
  'client_auth_not_permitted',
  'common_name_malformed',
  'chain_order_wrong',
];

interface Asked {
  readonly place: SafeText;
  readonly caBundle?: string | undefined;
  readonly at: Date;
}

/** @returns undefined unless it is what `openssl s_client` prints, with a chain that can be read. The name of the server is not in it. */
export async function serverChainIn(bytes: Buffer, asked: Asked): Promise<ServerInspected | undefined> {
  if (!printedByClient.test(bytes.toString('latin1'))) return undefined;
  const { entries, problems } = await readCertificates(bytes);
  const [leaf, ...others] = entries.filter((entry) => entry !== undefined);
  if (!leaf || problems.length > 0) return undefined;
  const { at, caBundle, place } = asked;
  const trusted = await trustedBy(caBundle);
  const presented = [leaf, ...others];
  const bundle = [...others, ...trusted, ...systemIssuersOf([...presented, ...trusted])];
  const sources = { certificate: givenCertificates(place, [leaf]), caBundle: givenCertificates('the chain', bundle) };
  const { assessment } = await examineSources(sources, { chainOrder: 'leaf-first', thresholds }, {}, at);
  // A certificate that is trusted itself needs no path.
  const isTrusted = trusted.some(({ fingerprintSha256 }) => fingerprintSha256 === leaf.fingerprintSha256);
  const [fault] = assessment.findings.filter(
    (each) =>
      invalidates(each) &&
      !aboutClients.includes(each.code) &&
      !(isTrusted && catalogue[each.code].check === 'chain_valid'),
  );
  const isExpired = fault?.code === 'certificate_expired' || fault?.code === 'ca_expired';
  const seen: HandshakeResult = {
    probe: 'ping',
    startedAt: at,
    outcome: fault ? 'failure' : 'success',
    ...(fault
      ? {
          reason: isExpired ? 'server_certificate_expired' : 'server_certificate_untrusted',
          ...(isExpired ? {} : { detail: detailOf(fault.message) }),
        }
      : {}),
    httpStatus: 0,
    phases: {},
    serverCertificates: presented,
    serverVerified: fault === undefined,
  };
  return { address: place, seen, thresholds };
}

/** The rules speak of a client’s, and the sentence goes on. */
const detailOf = (message: SafeText): SafeText =>
  say`${lowerFirst(message.replaceAll(/client certificate/gi, 'certificate')).replace(/\.$/, '')}`;
