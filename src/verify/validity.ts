/** When the client certificate and the CAs above it expire (RFC 5280 §4.1.2.5: inclusive at both ends). */
import { type Finding, finding, type Status } from '../findings/index.ts';
import { inDays } from '../time/index.ts';
import { type Certificate, firstToExpire } from '../x509/index.ts';
import { dateOf, labelOf } from './label.ts';
import { lastPath } from './succession.ts';
import type { AssessmentPolicy } from './types.ts';

type Thresholds = AssessmentPolicy['thresholds'];

/** The worst that is true of the client certificate, and nothing else. */
export function judgeValidity(client: Certificate, thresholds: Thresholds, now: Date): Finding[] {
  const subject = client.subject.text;
  const label = `The client certificate ${labelOf(client)}`;
  if (now > client.notAfter)
    return [finding('certificate_expired', `${label} expired on ${dateOf(client.notAfter)}.`, { subject })];
  if (now < client.notBefore)
    return [
      finding('certificate_not_yet_valid', `${label} is not valid before ${dateOf(client.notBefore)}.`, { subject }),
    ];
  const status = timeLeftStatus(client.notAfter, thresholds, now);
  // Before its message is written: most certificates have time.
  if (status === 'ok') return [];
  const code = status === 'critical' ? 'certificate_expires_imminently' : 'certificate_expires_soon';
  return [
    finding(code, `${label} expires on ${dateOf(client.notAfter)}, ${inDays(client.notAfter, now)}.`, { subject }),
  ];
}

/** What the time that is left alone says; critical once it is over. */
export function timeLeftStatus(notAfter: Date, { criticalMs, warningMs }: Thresholds, now: Date): Status {
  const leftMs = notAfter.getTime() - now.getTime();
  if (leftMs < 0 || leftMs < criticalMs) return 'critical';
  return leftMs < warningMs ? 'warning' : 'ok';
}

/**
 * Of a path that holds, client first: CAs that expire soon, and the one that expires before the client does. If another path in the bundle
 * takes over when a CA expires, nobody needs to do anything.
 */
export function judgeCaExpiry(
  path: readonly Certificate[],
  bundle: readonly Certificate[],
  thresholds: Thresholds,
  now: Date,
): Finding[] {
  const [client] = path;
  if (!client) return [];
  const soonBefore = new Date(now.getTime() + thresholds.warningMs);
  const issuers = lastPath(path, bundle, soonBefore > client.notAfter ? soonBefore : client.notAfter).slice(1);
  const findings = issuers
    .filter(({ notAfter }) => notAfter < soonBefore)
    .map((issuer) => {
      const message = `${labelOf(issuer)} expires on ${dateOf(issuer.notAfter)}, ${inDays(issuer.notAfter, now)}.`;
      const isClose = timeLeftStatus(issuer.notAfter, thresholds, now) === 'critical';
      return finding('ca_expires_soon', message, {
        subject: issuer.subject.text,
        ...(isClose ? { severity: 'critical' } : {}),
      });
    });
  const first = firstToExpire(issuers);
  if (first && first.notAfter < client.notAfter) {
    const message = `${labelOf(first)} expires on ${dateOf(first.notAfter)}, before the client certificate does (${dateOf(client.notAfter)}).`;
    findings.push(finding('ca_expires_before_client', message, { subject: first.subject.text }));
  }
  return findings;
}
