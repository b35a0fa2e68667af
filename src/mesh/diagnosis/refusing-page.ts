/** Web servers and gateways that judge the client certificate after TLS, and say so in a page. */
import type { HandshakeReason } from '../types.ts';
import type { Failure } from './circumstances.ts';
import type { ClientFacts } from './client.ts';
import { reasonCatalogue } from './reasons.ts';
import { whatOurDatesExplain } from './refusal.ts';

interface Page {
  readonly says: RegExp;
  /** nginx's own, which it turns into 400 and some gateways let through. */
  readonly status?: number;
  readonly reason: Extract<HandshakeReason, 'client_certificate_required' | 'client_certificate_rejected'>;
  readonly detail: string;
  readonly remedy: string;
}

const checkWhichIsSent =
  'Check that the certificate was issued for this environment. If it was, ask whoever runs the server which certificate authorities it accepts, and whether its revocation list is current.';
const somethingInBetween =
  'Ask the network team whether something between inspects TLS: the server says that it got no client certificate, though one is configured, and none can pass through inspection.';

const pages: readonly Page[] = [
  // Apache httpd 2.4, SSLVerifyClient in a location or directory.
  {
    says: /cannot perform post-handshake authentication/i,
    reason: 'client_certificate_required',
    detail:
      'Apache asks for the client certificate only after the TLS handshake, which under TLS 1.3 needs post-handshake authentication; this program does not offer it',
    remedy:
      'Set `mesh.tls_max: "1.2"` for this environment: under TLS 1.2 the server can ask later. Better still, whoever runs it has Apache ask at once (SSLVerifyClient for the whole virtual host).',
  },
  // nginx, and what is built on it.
  {
    says: /no required ssl certificate was sent/i,
    status: 496,
    reason: 'client_certificate_required',
    detail: 'the web server got no client certificate',
    remedy: somethingInBetween,
  },
  {
    says: /the ssl certificate error/i,
    status: 495,
    reason: 'client_certificate_rejected',
    detail: 'the web server does not accept our client certificate',
    remedy: checkWhichIsSent,
  },
  // IIS: substatus codes of 403.
  {
    says: /\b403\.7\b/,
    reason: 'client_certificate_required',
    detail: 'IIS got no client certificate (403.7)',
    remedy: somethingInBetween,
  },
  {
    says: /\b403\.13\b/,
    reason: 'client_certificate_rejected',
    detail: 'IIS says that our client certificate is revoked, or could not find out (403.13)',
    remedy:
      'Ask the service desk whether the certificate is revoked. If it is not, the server cannot reach the revocation list.',
  },
  {
    says: /\b403\.(12|16|17)\b/,
    reason: 'client_certificate_rejected',
    detail: 'IIS does not accept our client certificate (403.12, 403.16 or 403.17)',
    remedy: checkWhichIsSent,
  },
  {
    says: /client certificate\b.{0,40}\b(required|missing|not (sent|provided|present))|\b(no|missing|requires?( an?)?|without an?) (ssl )?client certificate/is,
    reason: 'client_certificate_required',
    detail: 'what answers says that it got no client certificate',
    remedy: somethingInBetween,
  },
  {
    says: /client certificate\b.{0,60}\b(invalid|expired|revoked|untrusted|rejected|not (valid|trusted|accepted)|verif)|\binvalid client certificate/is,
    reason: 'client_certificate_rejected',
    detail: 'what answers does not accept our client certificate',
    remedy: checkWhichIsSent,
  },
];

/** What a page, or nginx's status, says of the client certificate. `client`: what we presented; absent: nothing. */
export function ofRefusingPage(
  status: number,
  body: string,
  { client, now }: { readonly client?: ClientFacts; readonly now: Date },
): Failure | undefined {
  const page = pages.find(({ says }) => says.test(body)) ?? pages.find((each) => each.status === status);
  if (!page) return undefined;
  const said = page.says.exec(body)?.[0];
  const answered = said === undefined ? `HTTP ${status}` : `HTTP ${status}: “${said}”`;
  const ours = page.reason === 'client_certificate_rejected' && client ? whatOurDatesExplain(client, now) : undefined;
  if (ours) {
    const { remedy = reasonCatalogue[ours.reason].remedy } = ours;
    return { ...ours, detail: `${ours.detail}; ${page.detail} (${answered})`, remedy };
  }
  const { reason, detail } = page;
  // That we present none is no mystery where none is configured.
  const remedy = !client && page.remedy === somethingInBetween ? reasonCatalogue[reason].remedy : page.remedy;
  return { reason, detail: `${detail} (${answered})`, remedy };
}
