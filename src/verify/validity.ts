/** When the client certificate and the CAs above it run out (RFC 5280 §4.1.2.5: inclusive at both ends). */
import { type Finding, finding } from '../findings/index.ts';
import { inDays } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { dateOf, labelOf } from './label.ts';
import type { AssessmentPolicy } from './types.ts';

type Thresholds = AssessmentPolicy['thresholds'];

/** The worst that is true of the client certificate, and nothing besides. */
export function judgeValidity(client: Certificate, thresholds: Thresholds, now: Date): Finding[] {
  const subject = client.subject.text;
  const label = `The client certificate ${labelOf(client)}`;
  if (now > client.notAfter)
    return [finding('certificate_expired', `${label} expired on ${dateOf(client.notAfter)}.`, { subject })];
  if (now < client.notBefore)
    return [
      finding('certificate_not_yet_valid', `${label} is not valid before ${dateOf(client.notBefore)}.`, { subject }),
    ];
  const left = client.notAfter.getTime() - now.getTime();
  const message = `${label} expires on ${dateOf(client.notAfter)}, ${inDays(client.notAfter, now)}.`;
  if (left < thresholds.criticalMs) return [finding('certificate_expires_imminently', message, { subject })];
  if (left < thresholds.warningMs) return [finding('certificate_expires_soon', message, { subject })];
  return [];
}

/** Of a path that holds, client first: CAs that end soon, and the one that ends before the client does. */
export function judgeCaExpiry(path: readonly Certificate[], thresholds: Thresholds, now: Date): Finding[] {
  const [client, ...issuers] = path;
  if (!client || issuers.length === 0) return [];
  const soon = issuers.filter(({ notAfter }) => notAfter.getTime() - now.getTime() < thresholds.warningMs);
  const first = issuers.reduce((one, other) => (other.notAfter < one.notAfter ? other : one));
  const findings = soon.map((issuer) => {
    const message = `${labelOf(issuer)} expires on ${dateOf(issuer.notAfter)}, ${inDays(issuer.notAfter, now)}.`;
    return finding('ca_expires_soon', message, { subject: issuer.subject.text });
  });
  if (first.notAfter < client.notAfter) {
    const message = `${labelOf(first)} expires on ${dateOf(first.notAfter)}, before the client certificate does (${dateOf(client.notAfter)}).`;
    findings.push(finding('ca_expires_before_client', message, { subject: first.subject.text }));
  }
  return findings;
}
