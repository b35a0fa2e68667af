/** The result of the handshake with MESH. */
import { type CatalogueEntry, meshApi, rfc5280 } from './entry.ts';

export const handshakeCodes = {
  handshake_failed: {
    group: 'handshake',
    severity: 'critical',
    title: 'MESH handshake failed',
    meaning: 'The last handshake with MESH did not succeed. The reason in the message says why.',
    remedy: 'Look up the reason in docs/handshake.md and follow the steps there.',
    source: `${meshApi}, validate a mailbox`,
  },
  client_certificate_not_requested: {
    group: 'handshake',
    severity: 'critical',
    title: 'The server did not ask for the client certificate',
    meaning:
      'MESH demands a client certificate. Whatever answered the last handshake did not ask for one, so it would have accepted a wrong certificate as well. Either it is not MESH’s own server, or a device on the path intercepts TLS. A sandbox never asks: there, this is for information.',
    remedy:
      'Ask the network team whether TLS is inspected on the path, and to exempt MESH if it is. Then check that `mesh.url` is one of MESH’s own addresses.',
    source: 'RFC 8446 §4.3.2',
  },
  clock_skew: {
    group: 'handshake',
    severity: 'warning',
    title: 'Clock differs from MESH’s clock',
    meaning:
      'This machine’s clock differs from the server’s Date header by more than 5 minutes. Beyond 2 hours it is critical, because MESH refuses the authorization token.',
    remedy: 'Synchronise this machine’s clock (NTP).',
    source: `${meshApi}, authorization`,
  },
  mailbox_not_validated_recently: {
    group: 'handshake',
    severity: 'critical',
    title: 'Mailbox has not been validated for 24 hours',
    meaning:
      'This monitor has not completed a handshake for 24 hours. MESH expects one a day to keep a mailbox marked as active.',
    remedy: 'Fix the cause of the failing handshake, and check that your MESH client is still collecting messages.',
    source: `${meshApi}, validate a mailbox`,
  },
  server_certificate_expires_soon: {
    group: 'handshake',
    severity: 'warning',
    title: 'MESH’s own certificate expires soon',
    meaning:
      'A certificate presented by the MESH server expires within the warning threshold. NHS England will replace it; the risk is that your CA bundle does not trust the new one. For a sandbox, whose certificate is your own, it is information.',
    remedy: 'Look out for an announcement of new CA certificates, and be ready to update the bundle.',
    source: rfc5280('4.1.2.5'),
  },
  server_not_verified: {
    group: 'handshake',
    severity: 'info',
    title: 'The server’s certificate is not verified',
    meaning:
      '`verify_server: false` is set, so any server that answers at that address is trusted. This is acceptable only for a sandbox.',
    remedy: 'Unless this is a sandbox, set `mesh.verify_server: true` and provide the CA bundle.',
    source: 'RFC 8446 §4.4.2.4',
  },
} as const satisfies Record<string, CatalogueEntry>;
