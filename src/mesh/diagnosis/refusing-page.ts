/** Web servers and gateways that check the client certificate after the TLS handshake, and say so in a page. */
import type { HandshakeReason } from '../types.ts';
import type { Failure } from './circumstances.ts';
import type { ClientFacts } from './client.ts';
import { reasonCatalogue } from './reasons.ts';
import { whatOurDatesExplain } from './refusal.ts';

interface Page {
  readonly says: RegExp;
  /** A status of nginx's own, which nginx turns into 400 and some gateways pass on. */
  readonly status?: number;
  readonly reason: Extract<HandshakeReason, 'client_certificate_required' | 'client_certificate_rejected'>;
  readonly detail: string;
  readonly remedy: string;
}

const checkWhichIsSent =
  'Check that the certificate was issued for this environment. If it was, ask whoever runs the server which certificate authorities it accepts, and whether its revocation list is current.';
const inspection =
  'Ask the network team whether TLS is inspected on the path: the server says that it received no client certificate, although one is configured, and a client certificate cannot pass through inspection.';

const pages: readonly Page[] = [
  // Apache httpd 2.4, SSLVerifyClient in a location or directory.
  {
    says: /cannot perform post-handshake authentication/i,
    reason: 'client_certificate_required',
    detail:
      'Apache asks for the client certificate only after the TLS handshake, which under TLS 1.3 needs post-handshake authentication; this program does not offer it',
    remedy:
      'Set `mesh.tls_max: "1.2"` for this environment: under TLS 1.2 the server can ask later. Better still, ask whoever runs it to have Apache ask at once (SSLVerifyClient for the whole virtual host).',
  },
  // nginx, and what is built on it.
  {
    says: /no required ssl certificate was sent/i,
    status: 496,
    reason: 'client_certificate_required',
    detail: 'the web server received no client certificate',
    remedy: inspection,
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
    detail: 'IIS received no client certificate (403.7)',
    remedy: inspection,
  },
  {
    says: /\b403\.13\b/,
    reason: 'client_certificate_rejected',
    detail: 'IIS says that our client certificate is revoked, or that it could not check (403.13)',
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
    detail: 'whatever answered says that it received no client certificate',
    remedy: inspection,
  },
  {
    says: /client certificate\b.{0,60}\b(invalid|expired|revoked|untrusted|rejected|not (valid|trusted|accepted)|verif)|\binvalid client certificate/is,
    reason: 'client_certificate_rejected',
    detail: 'whatever answered does not accept our client certificate',
    remedy: checkWhichIsSent,
  },
];

/**
 * What a page, or nginx's status, says about the client certificate.
 * @param asked - `client` is what we presented, absent if nothing.
 */
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
  // With no certificate configured, it is clear why the server received none.
  const remedy = !client && page.remedy === inspection ? reasonCatalogue[reason].remedy : page.remedy;
  return { reason, detail: `${detail} (${answered})`, remedy };
}
