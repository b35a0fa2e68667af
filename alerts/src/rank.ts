/**
 * One cause pages. Two that have nothing to do with each other both have an alert, and Alertmanager notifies about the first of them in this
 * order (`inhibit_rules` of alertmanager.example.yaml). The other is held back, not resolved, and is sent once the first has gone.
 * The order is that of the diagnosis: what has to be put right first.
 */
import type { AlertRule } from './rule.ts';

export const pagesInOrder: readonly string[] = [
  'MeshCertificateExpired',
  'MeshClockSkewCritical',
  'MeshCredentialUnreadable',
  'MeshKeyMismatch',
  'MeshCredentialInvalid',
  'MeshChainInvalid',
  'MeshClientCertificateNotRequested',
  'MeshHandshakeRefused',
  'MeshHandshakeFailing',
  'MeshMailboxNotValidated',
  'MeshStateReplaced',
  'MeshCertificateExpiryImminent',
  'MeshRenewalOverdue',
  'MeshCaExpiryImminent',
];

/** A label for inhibition. 1 comes first. Alerts about the monitor, and warnings, have none. */
export function rankLabel({ alert }: AlertRule): { readonly rank?: string } {
  const index = pagesInOrder.indexOf(alert);
  return index < 0 ? {} : { rank: String(index + 1) };
}
