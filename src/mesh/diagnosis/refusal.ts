/** A TLS alert about the certificate that we present, compared with what our own files say. */
import { utcDay } from '../../time/index.ts';
import type { Failure } from './circumstances.ts';
import { type ClientFacts, standingOf } from './client.ts';
import { issuerOf, subjectOf } from './words.ts';

export function ofMissingCertificate(alert: string): Failure {
  return {
    reason: 'client_certificate_required',
    detail: `the server requires a client certificate, and this environment has none (TLS alert ${alert})`,
  };
}

/** Alerts that say something else than that dates are wrong. */
const definite: ReadonlySet<string> = new Set(['certificate_revoked', 'certificate_required', 'no_certificate']);

/** If our dates explain the alert they are the cause, unless its name excludes that. If they contradict it, the detail says so. */
export function ofRefusedCertificate(alert: string, client: ClientFacts, now: Date): Failure {
  const ours = whatOurDatesExplain(client, now);
  if (ours && definite.has(alert)) {
    const said = ofGoodCertificate(alert, client);
    return { ...said, detail: `${said.detail}; besides, ${ours.detail}` };
  }
  return ours ? { ...ours, detail: `${ours.detail} (TLS alert ${alert})` } : ofGoodCertificate(alert, client);
}

/** Why a server would refuse our certificate if it is out of date by our own reading. Undefined if it is in date. */
export function whatOurDatesExplain(client: ClientFacts, now: Date): Failure | undefined {
  const { certificate } = client;
  const standing = standingOf(client, now);
  switch (standing.is) {
    case 'valid':
      return undefined;
    case 'expired':
      return {
        reason: 'client_certificate_expired',
        detail: `our certificate expired on ${utcDay(certificate.notAfter)}`,
      };
    case 'not yet valid':
      return {
        reason: 'client_certificate_rejected',
        detail: `our certificate is not valid before ${utcDay(certificate.notBefore)}, by this machine’s clock`,
        remedy:
          'Check this machine’s clock. If it is right, use the previous certificate until this one becomes valid.',
      };
    case 'issuer expired':
    case 'issuer not yet valid': {
      const { issuer, is } = standing;
      const when =
        is === 'issuer expired'
          ? `expired on ${utcDay(issuer.notAfter)}`
          : `is not valid before ${utcDay(issuer.notBefore)}`;
      return {
        reason: 'client_certificate_rejected',
        detail: `the CA certificate ${subjectOf(issuer)} in the chain of our certificate ${when}; our certificate itself is valid until ${utcDay(certificate.notAfter)}`,
        remedy:
          'Replace that CA certificate in the CA bundle with the current one: it is sent along with ours, and a server may check both. A new client certificate would not help.',
      };
    }
  }
}

function ofGoodCertificate(alert: string, { certificate }: ClientFacts): Failure {
  const until = utcDay(certificate.notAfter);
  const rejected = (what: string, remedy?: string): Failure => ({
    reason: 'client_certificate_rejected',
    detail: `${what} (TLS alert ${alert})`,
    ...(remedy === undefined ? {} : { remedy }),
  });
  switch (alert) {
    case 'certificate_expired':
      return rejected(
        `the server says that our certificate has expired, but it is valid until ${until}`,
        'Do not request a new certificate. Ask whoever runs the server to check its certificate revocation list, its clock and its CA certificates: a server sends this alert when any of them is out of date.',
      );
    case 'certificate_revoked':
      return {
        reason: 'client_certificate_revoked',
        detail: `the server says that our certificate, serial ${certificate.serial}, is revoked (TLS alert ${alert})`,
      };
    case 'unknown_ca':
      return rejected(`the server does not accept our certificate, which ${issuerOf(certificate)} issued`);
    case 'unsupported_certificate':
      return rejected(
        'the server does not accept our certificate as a client’s',
        'Check the certificate with `mesh-cert-monitor inspect --cert FILE`: it must permit client authentication and digital signatures. If it does not, request a new one.',
      );
    case 'certificate_required':
    case 'no_certificate':
      return rejected(
        'the server says that it received no client certificate, although one is configured',
        'Ask the network team whether TLS is inspected on the path: a client certificate cannot pass through inspection. If it is not, the server does not accept keys of this type.',
      );
    case 'decrypt_error':
      return rejected(
        'the server could not verify our key’s signature',
        'Check that the certificate and private key belong together (`mesh-cert-monitor inspect`), and that TLS is not inspected on the path.',
      );
    case 'access_denied':
      return rejected('the server denied our certificate access');
    case 'certificate_unknown':
      return rejected(
        'the server refused our certificate without saying why',
        'Check that the certificate was issued for this environment (Path to Live or live). If it was, ask whoever runs the server for its log at the time of the attempt: its revocation list may be out of date.',
      );
    case 'bad_certificate':
      return rejected('the server does not accept our certificate');
    default:
      return rejected('the server ended the handshake when it saw our certificate');
  }
}
