/** Getting the next certificate. */
import type { RenewalRecord } from '../../../src/renewal/types.ts';
import { literal } from '../../../src/text/index.ts';
import { dayMs, hourMs } from '../../../src/time/duration.ts';
import { type Bench, daysInTime, inDays, makeBench } from '../../support/faults/bench.ts';
import type { Fault } from './fault.ts';

const expiringIn = (days: number, renewal: Bench['renewal']) => async () => {
  const bench = await makeBench({ client: { notAfter: inDays(days) } });
  bench.renewal = renewal;
  return bench;
};
const command = (words: string) => new RegExp(words.replaceAll(' ', '\\s'));
const asked: Partial<RenewalRecord> = { delivery: 'sent', requestedAt: inDays(-15), messageId: '<request@example>' };

const draftedLongAgo: Partial<RenewalRecord> = {
  delivery: 'drafted',
  requestedAt: inDays(-15),
  messageFile: 'pending/x/request.eml',
};

/** Before the first certificate nothing is there that could be read. */
const empty = (first: 'not_requested' | 'awaited') => async () => {
  const bench = await makeBench();
  bench.remove('client.pem', 'private_key.pem', 'ca_bundle.pem');
  bench.renewal = { state: 'not_due', first };
  return bench;
};

export const renewalFaults: readonly Fault[] = [
  {
    name: 'Nothing has been deployed or requested yet',
    make: empty('not_requested'),
    cause: 'nothing_deployed_yet',
    consequences: [],
    alert: 'MeshFirstCertificateWaiting',
    first: /^Run `mesh-cert-monitor request --config \S+ --environment integration`/,
  },
  {
    name: 'The first certificate is awaited',
    make: empty('awaited'),
    cause: undefined,
    consequences: [],
    information: ['first_certificate_awaited'],
  },
  {
    name: 'The certificate is in its renewal window, and nothing has been requested',
    make: expiringIn(40, { state: 'due', record: {} }),
    cause: 'renewal_due',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalNotRequested',
  },
  {
    name: 'The mail server refused the request',
    make: expiringIn(40, {
      state: 'failed',
      record: {
        lastError: literal('smtp.example:25 refused the sender mesh@example.org: 550 no'),
        refusedThing: 'sender',
      },
    }),
    cause: 'renewal_email_failed',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalEmailFailed',
    headline: /^The mail server refused the renewal request; the certificate expires on/,
  },
  {
    name: 'The mail server refused the request, and thirteen days are left',
    make: expiringIn(daysInTime, {
      state: 'failed',
      record: { lastError: literal('smtp.example:25 refused the sender') },
    }),
    cause: 'renewal_email_failed',
    consequences: ['certificate_expires_imminently'],
    alert: 'MeshCertificateExpiryImminent',
  },
  {
    name: 'It is not known whether the request was sent',
    make: expiringIn(40, {
      state: 'uncertain',
      record: { lastError: literal('the service stopped while it was sending') },
    }),
    cause: 'renewal_email_failed',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalEmailFailed',
    first: command(
      '^Look for the request in the mailbox of \\S+@\\S+\\. If it is not there, .* send it to the certificate desk',
    ),
  },
  {
    name: 'The desk has not answered',
    make: expiringIn(40, { state: 'requested', record: asked }),
    cause: 'renewal_unanswered',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalUnanswered',
    first:
      /^Reply to the request or write to the certificate desk \(itoc\.supportdesk@nhs\.net\), and telephone it if there is no answer\. Quote the request <request@example>/,
  },
  {
    name: 'The desk has not answered, and four days are left',
    make: expiringIn(4, { state: 'requested', record: asked }),
    cause: 'renewal_overdue',
    consequences: ['certificate_expires_imminently', 'renewal_unanswered'],
    alert: 'MeshCertificateExpiryImminent',
    first: /^It is urgent: telephone the certificate desk as well as writing to itoc\.supportdesk@nhs\.net\. Quote/,
  },
  {
    name: 'The request was drafted and nobody has forwarded it',
    make: expiringIn(40, { state: 'requested', record: { delivery: 'drafted', requestedAt: inDays(-1) } }),
    cause: 'renewal_due',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalNotRequested',
    headline: /is drafted and waits for you to send it to the desk/,
  },
  {
    name: 'The request was drafted, and nobody has forwarded it in fifteen days',
    make: expiringIn(40, { state: 'requested', record: draftedLongAgo }),
    cause: 'renewal_due',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshRenewalNotRequested',
    headline: /is drafted and waits for you to send it to the desk/,
    first:
      /^Send the drafted request, with its attachments, to itoc\.supportdesk@nhs\.net: it is pending\/x\/request\.eml/,
  },
  {
    name: 'The request was drafted, nobody has forwarded it, and four days are left',
    make: expiringIn(4, { state: 'requested', record: draftedLongAgo }),
    cause: 'renewal_overdue',
    consequences: ['certificate_expires_imminently', 'renewal_due'],
    alert: 'MeshCertificateExpiryImminent',
    headline: /is drafted and waits for you to send it to the desk/,
    first:
      /^Send the drafted request, .* now: it is pending\/x\/request\.eml .* Then telephone the desk and ask it to treat the request as urgent/,
  },
  {
    name: 'The request was drafted, nobody has forwarded it, and the certificate has expired',
    make: expiringIn(-1, { state: 'requested', record: draftedLongAgo }),
    cause: 'certificate_expired',
    consequences: ['handshake_failed', 'renewal_due', 'renewal_overdue'],
    reason: 'client_certificate_expired',
    alert: 'MeshCertificateExpired',
    first:
      /^The desk does not have the request yet: send the draft \(pending\/x\/request\.eml in the state directory\) to itoc\.supportdesk@nhs\.net now, and telephone the desk/,
  },
  {
    name: 'The key of a draft is gone',
    make: expiringIn(40, {
      state: 'requested',
      keyMissing: true,
      record: { ...draftedLongAgo, keyFile: 'pending/x.pem' },
    }),
    cause: 'renewal_key_missing',
    consequences: ['certificate_expires_soon', 'renewal_due'],
    alert: 'MeshCertificateExpiresSoon',
    first: /do not send the draft of the earlier one/,
  },
  {
    name: 'The key of the pending request is gone',
    make: expiringIn(40, {
      state: 'requested',
      keyMissing: true,
      record: { delivery: 'sent', requestedAt: inDays(-1), keyFile: 'pending/x.pem' },
    }),
    cause: 'renewal_key_missing',
    consequences: ['certificate_expires_soon'],
    alert: 'MeshCertificateExpiresSoon',
  },
  {
    name: 'The state directory was replaced under the running service',
    make: expiringIn(200, {
      state: 'not_due',
      problem: { storeProblem: 'state_dir is another directory than the one in use', stateReplaced: true },
    }),
    cause: 'state_replaced',
    consequences: [],
    alert: 'MeshStateReplaced',
  },
  {
    name: 'The clock was changed, and nothing has confirmed it since',
    make: expiringIn(200, { state: 'not_due', problem: { clockStep: 'the clock was set forward by 3 days' } }),
    cause: 'clock_stepped',
    consequences: [],
  },
  {
    name: 'Thirteen days are left and the new certificate is issued',
    make: expiringIn(daysInTime, { state: 'issued', record: { requestedAt: inDays(-5), delivery: 'sent' } }),
    cause: 'certificate_expires_imminently',
    consequences: ['renewal_not_deployed'],
    alert: 'MeshCertificateExpiryImminent',
    headline: /^The new certificate has been issued and is not deployed yet; the certificate expires on/,
    first:
      /^Deploy the certificate that was issued: follow \S+\/state\/pending\/\S+\/INSTRUCTIONS\.txt, or run `mesh-cert-monitor accept /,
  },
  {
    name: 'Four days are left and the new certificate is issued',
    make: expiringIn(4, { state: 'issued', record: { requestedAt: inDays(-5), delivery: 'sent' } }),
    cause: 'renewal_overdue',
    consequences: ['certificate_expires_imminently', 'renewal_not_deployed'],
    alert: 'MeshCertificateExpiryImminent',
    headline: /^The new certificate has been issued and is not deployed yet/,
    first: /^Deploy the certificate that was issued: follow /,
  },
  {
    name: 'The new certificate is issued, and the deployed one has expired',
    make: expiringIn(-1, { state: 'issued', record: { requestedAt: inDays(-5), delivery: 'sent' } }),
    cause: 'certificate_expired',
    consequences: ['handshake_failed', 'renewal_not_deployed', 'renewal_overdue'],
    reason: 'client_certificate_expired',
    alert: 'MeshCertificateExpired',
    first: /^Deploy the certificate that was issued: follow /,
  },
  {
    name: 'Forty days are left and the new certificate is issued',
    make: expiringIn(40, { state: 'issued', record: { requestedAt: inDays(-5), delivery: 'sent' } }),
    cause: 'certificate_expires_soon',
    consequences: ['renewal_not_deployed'],
    alert: 'MeshCertificateExpiresSoon',
    headline: /^The new certificate has been issued and is not deployed yet/,
    first: /^Deploy the certificate that was issued: follow /,
  },
  {
    name: 'Fifty days are left and the new certificate is issued',
    make: expiringIn(50, { state: 'issued', record: { requestedAt: inDays(-5), delivery: 'sent' } }),
    cause: 'renewal_not_deployed',
    consequences: [],
    information: ['renewal_not_deployed'],
    headline: /^The new certificate has been issued and is not deployed yet; the certificate expires on/,
    first:
      /^Deploy the certificate that was issued: follow \S+\/state\/pending\/\S+\/INSTRUCTIONS\.txt, or run `mesh-cert-monitor accept /,
  },
  {
    name: 'MESH’s own certificate expires soon',
    make: () => makeBench({ server: { notAfter: inDays(10) } }),
    cause: 'server_certificate_expires_soon',
    consequences: [],
    alert: 'MeshServerCertificateExpiresSoon',
  },
  {
    name: 'A sandbox whose certificate nobody verifies, and which asks for none',
    make: async () => {
      const bench = await makeBench();
      bench.settings.preset = 'sandbox';
      bench.settings.mesh.verify_server = false;
      bench.settings.credential = undefined;
      bench.asksForCertificate = false;
      return bench;
    },
    cause: undefined,
    consequences: [],
    information: ['client_certificate_not_requested', 'server_not_verified'],
  },
  {
    name: 'No handshake has succeeded for a day, because a name does not resolve',
    make: async () => {
      const bench = await makeBench();
      bench.watchedForMs = dayMs + hourMs;
      bench.settings.mesh.url = `https://${'x'.repeat(64)}.invalid`;
      return bench;
    },
    cause: 'handshake_failed',
    consequences: ['mailbox_not_validated_recently'],
    reason: 'dns_failure',
    alert: 'MeshHandshakeFailing',
  },
  {
    name: 'Two faults: the certificate has expired, and the name of MESH does not resolve',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(-2) } });
      bench.settings.mesh.url = `https://${'x'.repeat(64)}.invalid`;
      return bench;
    },
    cause: 'certificate_expired',
    consequences: ['renewal_due'],
    also: ['handshake_failed'],
    reason: 'dns_failure',
  },
  {
    name: 'Two faults: the key is of another certificate, and the bundle is in the wrong order',
    make: async () => {
      const bench = await makeBench();
      const other = await makeBench();
      bench.write('private_key.pem', other.pki.client.encryptedKeyPem('correct horse battery staple'), 0o600);
      bench.write('ca_bundle.pem', bench.pki.sub.pem + bench.pki.root.pem);
      await other.end();
      return bench;
    },
    cause: 'key_mismatch',
    consequences: ['handshake_failed'],
    also: ['chain_order_wrong'],
    reason: 'credential_unusable',
  },
];
