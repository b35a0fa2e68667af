/** `inspect --connect`: what a server presents, and whether it is to be trusted. */
import type { z } from 'zod';
import type { Status } from '../findings/index.ts';
import { type HandshakeReason, type HandshakeResult, reasonCatalogue } from '../mesh/index.ts';
import { joined, literal, type SafeText, say } from '../text/index.ts';
import { rfc3339, timeLeft, utcTime } from '../time/index.ts';
import { timeLeftStatus } from '../verify/index.ts';
import { firstToExpire } from '../x509/index.ts';
import { certificateLines } from './certificate.ts';
import { chainLines } from './chain.ts';
import { extensionFacts } from './extensions.ts';
import { certificateFacts } from './json.ts';
import type { serverReportSchema } from './schema.ts';
import { labelled, paint, printed, severityFormat, type Terminal, wrap } from './terminal.ts';

export interface ServerInspected {
  /** As typed: `HOST:PORT`. */
  readonly address: string;
  readonly seen: HandshakeResult;
  readonly thresholds: { readonly warningMs: number; readonly criticalMs: number };
}

/** Critical if it is not trusted or not reached, or expires within the critical threshold. */
export function serverStatus({ seen, thresholds }: ServerInspected): Status {
  const first = firstToExpire(seen.serverCertificates);
  if (seen.outcome === 'failure' || !first) return 'critical';
  return timeLeftStatus(first.notAfter, thresholds, seen.startedAt);
}

/** What `inspect --connect --format json` prints. */
export function serverReport(inspected: ServerInspected, generatedAt: Date): z.infer<typeof serverReportSchema> {
  const { address, seen } = inspected;
  const { clientCertificateRequested, detail, reason, tls } = seen;
  return {
    status: serverStatus(inspected),
    generatedAt: rfc3339(generatedAt),
    server: {
      address: say`${address}`,
      verified: seen.serverVerified,
      ...(tls ? { tls: { protocol: say`${tls.protocol}`, cipher: say`${tls.cipher}` } } : {}),
      ...(reason ? { reason } : {}),
      ...(detail === undefined ? {} : { detail }),
      ...(reason ? { remedy: remedyOf(seen) } : {}),
      ...(clientCertificateRequested === undefined ? {} : { clientCertificateRequested }),
      certificates: seen.serverCertificates.map((each) => ({
        ...certificateFacts(each, seen.startedAt),
        ...extensionFacts(each),
      })),
    },
  };
}

/** What `inspect --connect` prints: fits the terminal, whatever its width. */
export function serverText(inspected: ServerInspected, terminal: Terminal): SafeText {
  const { seen } = inspected;
  const { clientCertificateRequested, serverCertificates, startedAt, tls } = seen;
  const [leaf] = serverCertificates;
  const asks =
    clientCertificateRequested === undefined
      ? []
      : [
          literal(
            clientCertificateRequested ? 'asks for a client certificate' : 'does not ask for a client certificate',
          ),
        ];
  return printed([
    ...serverHeadline(inspected, terminal),
    literal(''),
    ...(seen.reason ? [...wrap(terminal, '    ', remedyOf(seen), '  → '), literal('')] : []),
    ...(leaf ? [paint(terminal, 'bold', literal('Certificates')), ...tree(seen, terminal), literal('')] : []),
    ...(leaf
      ? [paint(terminal, 'bold', literal('Server certificate')), ...certificateLines(leaf, terminal), literal('')]
      : []),
    ...(tls ? [...labelled('TLS', joined([say`${tls.protocol}`, say`${tls.cipher}`, ...asks], ', '), terminal)] : []),
    paint(terminal, 'dim', say`Checked as at ${utcTime(startedAt)}.`),
  ]);
}

/** The verdict alone, for `--quiet`. */
export function serverHeadline(inspected: ServerInspected, terminal: Terminal): SafeText[] {
  const { address, seen } = inspected;
  const status = serverStatus(inspected);
  const word = say`${status.toUpperCase()}`;
  const first = firstToExpire(seen.serverCertificates);
  const expiry = first ? say`${timeLeft(first.notAfter, seen.startedAt)} (${utcTime(first.notAfter)})` : undefined;
  const verdict = seen.reason
    ? say`${reasonCatalogue[seen.reason].title} (${seen.reason})${seen.detail ? `: ${seen.detail}` : ''}`
    : literal('trusted');
  const text = say`${address}: ${joined([verdict, ...(expiry ? [expiry] : [])], ', ')}`;
  const [line = literal(''), ...more] = wrap(terminal, ' '.repeat(word.length + 2), text, '');
  return [joined([paint(terminal, severityFormat(status), word), literal('  '), line]), ...more];
}

/** The catalogue's remedies are about an environment in a configuration, which there is none of here. */
const remedies: Readonly<Partial<Record<HandshakeReason, SafeText>>> = {
  server_certificate_untrusted: literal(
    'If its issuer should be trusted, give the CA certificates with `--ca-bundle`. An issuer that you do not expect usually means that a device on the path inspects TLS.',
  ),
  server_certificate_name_mismatch: literal('Connect to one of the names in the certificate.'),
  client_certificate_required: literal(
    'The server ends TLS without a client certificate, before its own could be verified. It can be reached, and that is all that can be said.',
  ),
};
const network = literal(
  'Check the host and the port, and what lies between: name servers, firewall, proxy, HSCN or internet.',
);

function remedyOf({ reason, remedy, serverCertificates }: HandshakeResult): SafeText {
  const own = reason && remedies[reason];
  if (own ?? remedy) return own ?? remedy ?? network;
  return reason?.startsWith('server_') || serverCertificates.length > 0
    ? say`${reason ? reasonCatalogue[reason].remedy : ''}`
    : network;
}

function tree({ serverCertificates, serverVerified, startedAt }: HandshakeResult, terminal: Terminal): SafeText[] {
  const certificates = serverCertificates.map((certificate, index) => ({
    role: index === 0 ? ('server' as const) : certificate.selfIssued ? ('root' as const) : ('intermediate' as const),
    onPath: true,
    certificate,
  }));
  const path = serverCertificates.map(({ fingerprintSha256 }) => fingerprintSha256);
  return chainLines({ certificates, path, withIssuers: !serverVerified }, startedAt, terminal);
}
