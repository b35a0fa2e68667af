/** What MESH had to say. */
import { type CatalogueEntry, meshApi, rfc5280 } from './entry.ts';

export const handshakeCodes = {
  handshake_failed: {
    group: 'handshake',
    severity: 'critical',
    title: 'MESH handshake failed',
    meaning:
      'The last handshake with MESH did not end with MESH’s own answer; the reason in the message says where it stopped.',
    remedy: 'Follow the section of the reason in docs/handshake.md.',
    source: `${meshApi}, validate a mailbox`,
  },
  client_certificate_not_requested: {
    group: 'handshake',
    severity: 'critical',
    title: 'The server did not ask for the client certificate',
    meaning:
      'MESH demands a client certificate. What answered the last handshake did not ask for one, so a certificate that is wrong would have passed as well: it is not MESH’s own server, or something between ended our TLS connection and made one of its own. A sandbox never asks; there this is information.',
    remedy:
      'Ask the network team whether something between inspects TLS, and to exempt MESH from it. Then check that `mesh.url` is MESH’s own address.',
    source: 'RFC 8446 §4.3.2',
  },
  clock_skew: {
    group: 'handshake',
    severity: 'warning',
    title: 'Clock differs from MESH’s',
    meaning:
      'This machine’s clock and the server’s Date differ by more than 5 minutes; beyond 2 hours MESH refuses the authorization token.',
    remedy: 'Bring this machine’s clock into step (NTP).',
    source: `${meshApi}, authorization`,
  },
  mailbox_not_validated_recently: {
    group: 'handshake',
    severity: 'critical',
    title: 'Mailbox has not been validated for 24 hours',
    meaning:
      'No handshake of this monitor has succeeded for 24 hours. MESH asks for one a day to keep a mailbox marked as active.',
    remedy: 'Mend what makes the handshake fail, and see that the real client still collects its messages.',
    source: `${meshApi}, validate a mailbox`,
  },
  server_certificate_expires_soon: {
    group: 'handshake',
    severity: 'warning',
    title: 'MESH’s own certificate expires soon',
    meaning:
      'A certificate that the MESH server presented is within the warning threshold of its end. NHS England replaces it; what can break is the trust in its successor.',
    remedy: 'Look for an announcement of new CA certificates, and be ready to change the bundle.',
    source: rfc5280('4.1.2.5'),
  },
  server_not_verified: {
    group: 'handshake',
    severity: 'info',
    title: 'The server’s certificate is not verified',
    meaning: '`verify_server: false`: whoever answers at that address is believed. Right for a sandbox only.',
    remedy: 'Set `mesh.verify_server: true` and give the CA bundle, unless this is a sandbox.',
    source: 'RFC 8446 §4.4.2.4',
  },
} as const satisfies Record<string, CatalogueEntry>;
