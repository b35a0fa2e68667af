/** An estate in which every alert about an environment fires: alert → the environment for which it does. */
import type { CheckName, FindingCode } from '../../src/findings/index.ts';
import type { HandshakeResult } from '../../src/mesh/types.ts';
import type { RenewalState } from '../../src/renewal/types.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs, hourMs } from '../../src/time/duration.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import {
  environmentStatus,
  handshakeStatusOf,
  sampleAssessment,
  sampleCertificate,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
} from '../support/status.ts';

type More = Partial<EnvironmentStatus>;

export const configurationFile = '/etc/mesh/c.yaml';

export function alertingEstate(now: Date): Readonly<Record<string, EnvironmentStatus>> {
  const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
  const environment = (name: string, more: More = {}): EnvironmentStatus =>
    environmentStatus(
      {
        name,
        assessment: sampleAssessment({ certificates: sampleChain({ notAfter: inDays(400) }) }),
        handshake: handshakeStatusOf(sampleHandshake({ startedAt: now })),
        lastRunAt: now,
        ...more,
      },
      { configurationFile, environment: sampleEnvironment({ name }) },
    );
  const failing = (name: string, check: CheckName, code: FindingCode, valid: boolean) => {
    const certificates = sampleChain({ notAfter: inDays(400) });
    const findings = [sampleFinding(code)];
    return environment(name, {
      assessment: sampleAssessment({ certificates, failed: [check], valid, findings }),
      findings,
    });
  };
  const expiring = (name: string, days: number) =>
    environment(name, { assessment: sampleAssessment({ certificates: sampleChain({ notAfter: inDays(days) }) }) });
  const caExpiring = (name: string, days: number) =>
    environment(name, {
      assessment: sampleAssessment({ certificates: sampleChain({ notAfter: inDays(400) }), expiresAt: inDays(days) }),
    });
  const shaking = (name: string, last: HandshakeResult) => environment(name, { handshake: handshakeStatusOf(last) });
  const skewed = (name: string, clockSkewSeconds: number, severity: 'warning' | 'critical') =>
    environment(name, {
      handshake: handshakeStatusOf(sampleHandshake({ startedAt: now, clockSkewSeconds })),
      findings: [sampleFinding('clock_skew', undefined, { severity })],
    });
  const renewing = (name: string, state: RenewalState, code: FindingCode) =>
    environment(name, {
      renewal: { state, reason: literal('Sample.'), dueAt: inDays(-20), requestedAt: inDays(-10) },
      findings: [sampleFinding(code)],
    });
  const dyingServer = sampleCertificate({ subjectText: 'CN=msg.example', notAfter: inDays(5) });

  return {
    MeshCredentialUnreadable: failing('unreadable', 'readable', 'certificate_unreadable', false),
    MeshStoreUnavailable: failing('store', 'readable', 'store_unavailable', true),
    MeshKeyMismatch: failing('mismatch', 'key_match', 'key_mismatch', false),
    MeshChainInvalid: failing('chain', 'chain_valid', 'chain_incomplete', false),
    MeshCredentialInvalid: failing('weak', 'strength', 'weak_key', false),
    MeshChainOrderWrong: failing('order', 'chain_order', 'chain_order_wrong', true),
    MeshCertificateNameUnexpected: failing('name', 'naming', 'common_name_malformed', true),
    MeshVerifiersDisagree: failing('disagree', 'rehearsal', 'verifiers_disagree', true),
    MeshCertificateExpiresSoon: {
      ...expiring('soon', 40),
      // What the next deployment gets is there already.
      next: sampleAssessment({ valid: true, expiresAt: inDays(765) }),
    },
    MeshCertificateExpiryImminent: expiring('imminent', 10),
    MeshCertificateExpired: expiring('expired', -2),
    MeshCaExpiresSoon: caExpiring('ca-soon', 40),
    MeshCaExpiryImminent: caExpiring('ca-imminent', 10),
    MeshHandshakeRefused: shaking('refused', sampleFailedHandshake('client_certificate_rejected')),
    MeshHandshakeFailing: shaking('unreachable', sampleFailedHandshake('connection_timeout')),
    MeshMailboxNotValidated: environment('silent', {
      handshake: handshakeStatusOf(sampleHandshake({ startedAt: new Date(now.getTime() - 25 * hourMs) })),
      findings: [sampleFinding('mailbox_not_validated_recently')],
    }),
    MeshClientCertificateNotRequested: environment('not-asked', {
      handshake: handshakeStatusOf(sampleHandshake({ startedAt: now, clientCertificateRequested: false })),
      findings: [sampleFinding('client_certificate_not_requested')],
    }),
    MeshClockSkew: skewed('skewed', 400, 'warning'),
    MeshClockSkewCritical: skewed('far-skewed', -8000, 'critical'),
    MeshServerCertificateExpiresSoon: shaking(
      'old-server',
      sampleHandshake({ startedAt: now, serverCertificates: [dyingServer] }),
    ),
    MeshRenewalNotRequested: renewing('due', 'due', 'renewal_due'),
    MeshRenewalEmailFailed: renewing('uncertain', 'uncertain', 'renewal_email_failed'),
    MeshRenewalUnanswered: renewing('unanswered', 'requested', 'renewal_unanswered'),
    MeshRenewalOverdue: renewing('overdue', 'requested', 'renewal_overdue'),
    MeshFirstCertificateWaiting: environment('first', { findings: [sampleFinding('nothing_deployed_yet')] }),
    MeshStateReplaced: renewing('replaced', 'requested', 'state_replaced'),
    MeshCertMonitorChecksStale: environment('stale', {
      lastRunAt: inDays(-1),
      nextRunAt: new Date(now.getTime() - 2 * hourMs),
    }),
  };
}
