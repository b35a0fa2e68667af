/** Whether a cause can be why the handshake failed: a second fault must not pass for a consequence of the first. */
import { catalogue, type Finding } from '../findings/index.ts';
import type { HandshakeReason } from '../mesh/index.ts';
import { isOnServersPath } from './server-path.ts';
import type { Evidence, Rule } from './types.ts';
import { missingSecrets } from './words.ts';

/** What a server says, or does, about our certificate. It has seen none if it did not ask. */
const aboutOurs: readonly HandshakeReason[] = [
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_rejected',
  'connection_reset',
  'bad_request',
];
const aboutTheirs: readonly HandshakeReason[] = ['server_certificate_untrusted', 'server_certificate_expired'];

export function explains({ reasons }: Rule, cause: Finding, evidence: Evidence): boolean {
  const { handshake } = evidence;
  const reason = handshake?.reason;
  if (!handshake || !reason || !reasons?.includes(reason)) return false;
  const { group } = catalogue[cause.code];
  if (reason === 'credential_unusable') return missingSecrets(evidence).length === 0;
  // A connection that was cut before the server had shown its certificate says nothing about ours.
  if (reason === 'connection_reset' && handshake.serverCertificates.length === 0) return false;
  if (group !== 'handshake' && aboutOurs.includes(reason)) return handshake.clientCertificateRequested !== false;
  return group !== 'chain' || !aboutTheirs.includes(reason) || isOnServersPath(evidence, cause);
}
