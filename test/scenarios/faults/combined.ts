/** Mistakes that people make with several files at once, and faults that come together. */
import { chmodSync } from 'node:fs';
import { hourMs } from '../../../src/time/duration.ts';
import {
  answering,
  type Bench,
  daysInTime,
  inDays,
  makeBench,
  makePki,
  passphrase,
} from '../../support/faults/bench.ts';
import type { Fault } from './fault.ts';

const made = (change: (bench: Bench) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};
const forbidden = answering(
  403,
  JSON.stringify({ detail: [{ event: 'AUTHENTICATION', code: 'EPL-152', msg: 'Authentication failed' }] }),
);
const unusable = { reason: 'credential_unusable', alert: 'MeshCredentialUnreadable' } as const;
const mismatch = { cause: 'key_mismatch', reason: 'credential_unusable', alert: 'MeshKeyMismatch' } as const;
const caFirst = {
  ...mismatch,
  consequences: [
    'bundle_contains_client_certificate',
    'common_name_malformed',
    'digital_signature_not_permitted',
    'handshake_failed',
  ],
} as const;
const expired = { cause: 'certificate_expired', headline: /^The client certificate expired on/ } as const;

export const combinedFaults: readonly Fault[] = [
  {
    name: 'The paths of certificate and key are the wrong way round',
    make: made((bench) => {
      const files = { certificate: { file: 'private_key.pem' }, private_key: { file: 'client.pem' } };
      bench.settings.credential = { ...bench.settings.credential, ...files };
    }),
    cause: 'certificate_malformed',
    ...unusable,
    consequences: ['handshake_failed', 'private_key_malformed', 'private_key_permissions'],
    headline: /the wrong way round$/,
    first: /^Exchange `credential\.certificate` and `credential\.private_key`/,
    remedy: (bench) => {
      const files = { certificate: { file: 'client.pem' }, private_key: { file: 'private_key.pem' } };
      bench.settings.credential = { ...bench.settings.credential, ...files };
    },
  },
  {
    name: 'The CA bundle is a copy of the client certificate',
    make: made((bench) => bench.write('ca_bundle.pem', bench.pki.client.pem)),
    cause: 'chain_incomplete',
    consequences: ['bundle_contains_client_certificate', 'handshake_failed'],
    reason: 'server_certificate_untrusted',
    alert: 'MeshChainInvalid',
    headline: /^The CA bundle does not contain a CA certificate/,
    first: /^Replace the contents of the CA bundle/,
    remedy: (bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem),
  },
  {
    name: 'The certificate file holds the issuing CA in place of the client certificate',
    make: made((bench) => bench.write('client.pem', bench.pki.sub.pem)),
    ...caFirst,
    headline: /begins with the CA certificate “NHS INT Authentication G9”$/,
    first: /^Put the client certificate first in the file \S+client\.pem/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'The certificate file has the issuing CA before the client certificate',
    make: made((bench) => bench.write('client.pem', bench.pki.sub.pem + bench.pki.client.pem)),
    ...caFirst,
    information: ['certificate_file_has_extra_certificates'],
    first: /^Put the client certificate first in/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem + bench.pki.sub.pem),
  },
  {
    name: 'The CA bundle is where the client certificate should be',
    make: made((bench) => bench.write('client.pem', bench.pki.sub.pem + bench.pki.root.pem)),
    ...caFirst,
    information: ['certificate_file_has_extra_certificates'],
    headline: /begins with the CA certificate “NHS INT Authentication G9”$/,
    // There is none in the file that could be moved.
    first: /^Put the client certificate first in/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'The certificate of another environment was deployed without its key',
    make: made(async (bench) => bench.write('client.pem', (await makePki()).client.pem)),
    ...mismatch,
    consequences: ['chain_incomplete', 'handshake_failed'],
    headline: /^The client certificate fits neither the private key nor the CA bundle/,
    first: /^Put the certificate that belongs to the key and the bundle back/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'The certificate file is empty',
    make: made((bench) => bench.write('client.pem', '')),
    cause: 'certificate_malformed',
    ...unusable,
    consequences: ['handshake_failed'],
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'One block of the bundle is damaged, and MESH still answers 200',
    make: made((bench) => {
      const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
      bench.write('ca_bundle.pem', bench.pki.root.pem + damaged + bench.pki.sub.pem);
    }),
    cause: 'ca_bundle_malformed',
    consequences: ['client_cannot_read_file'],
    alert: 'MeshCredentialUnreadable',
    headline: /MESH still accepted a connection/,
    remedy: (bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem),
  },
  {
    name: 'The passphrase has a space at its end',
    make: made((bench) => {
      bench.env.KEY_PASSPHRASE = `${passphrase} `;
    }),
    cause: 'passphrase_wrong',
    ...unusable,
    consequences: ['handshake_failed'],
    remedy: (bench) => {
      bench.env.KEY_PASSPHRASE = passphrase;
    },
  },
  {
    name: 'The mailbox password is not in this process’s environment',
    make: made((bench) => void delete bench.env.MAILBOX_PASSWORD),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'credential_unusable',
    alert: 'MeshHandshakeRefused',
    headline: /^The mailbox password cannot be read/,
    first: /^Make environment variable MAILBOX_PASSWORD available/,
    remedy: (bench) => {
      bench.env.MAILBOX_PASSWORD = 'password';
    },
  },
  {
    name: 'The shared key is not in this process’s environment',
    make: made((bench) => void delete bench.env.SHARED_KEY),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'credential_unusable',
    alert: 'MeshHandshakeRefused',
    headline: /^The shared key cannot be read/,
    remedy: (bench) => {
      bench.env.SHARED_KEY = 'TestKey';
    },
  },
  {
    name: 'The issuing CA ends in five days',
    make: () => makeBench({ sub: { notAfter: inDays(5) } }),
    cause: 'ca_expires_soon',
    consequences: ['ca_expires_before_client', 'server_certificate_expires_soon'],
    alert: 'MeshCaExpiryImminent',
    headline: /^The CA certificate “NHS INT Authentication G9” expires on/,
    first: /^Ask the certificate desk .* for a certificate from the next generation/,
  },
  {
    name: 'The root has expired, for us and for MESH',
    make: async () => {
      const bench = await makeBench({ root: { notAfter: inDays(-2) } });
      bench.isLenient = true;
      return bench;
    },
    cause: 'ca_expired',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_expired',
    alert: 'MeshChainInvalid',
  },
  {
    name: 'Two faults: expired, and the passphrase is missing, without which nothing can be requested',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(-2) } });
      delete bench.env.KEY_PASSPHRASE;
      return bench;
    },
    ...expired,
    consequences: [],
    also: ['passphrase_missing'],
    reason: 'credential_unusable',
    first: /^Make environment variable KEY_PASSPHRASE available first\. Then request a new certificate/,
  },
  {
    name: 'Two faults: expired, and the key is of another certificate',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(-2) } });
      bench.write('private_key.pem', (await makePki()).client.encryptedKeyPem(passphrase), 0o600);
      return bench;
    },
    ...expired,
    consequences: ['renewal_due'],
    also: ['key_mismatch'],
    reason: 'credential_unusable',
  },
  {
    name: 'Two faults: expired, and the bundle is of another environment',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(-2) } });
      const other = await makePki({ root: { cn: 'Other root' }, sub: { cn: 'Other CA' } });
      bench.write('ca_bundle.pem', other.root.pem + other.sub.pem);
      return bench;
    },
    ...expired,
    consequences: ['handshake_failed', 'renewal_due'],
    also: ['chain_incomplete'],
    reason: 'client_certificate_expired',
  },
  {
    name: 'Two faults: a wrong password, and thirteen days are left',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(daysInTime) } });
      bench.renewal = { state: 'requested', record: { delivery: 'sent', requestedAt: inDays(-3) } };
      bench.answer = forbidden;
      return bench;
    },
    cause: 'handshake_failed',
    consequences: [],
    also: ['certificate_expires_imminently'],
    reason: 'authentication_failed',
    first: /the mailbox password/,
  },
  {
    name: 'Two faults: the clock is three hours fast, and the certificate has another ODS code',
    make: async () => {
      const bench = await makeBench({ client: { cn: 'y26xyz9.y26.api.mesh-client.nhs.uk' } });
      bench.clockMs = 3 * hourMs;
      bench.answer = forbidden;
      return bench;
    },
    cause: 'clock_skew',
    consequences: ['handshake_failed'],
    also: ['common_name_ods_code_mismatch'],
    information: ['common_name_mailbox_mismatch'],
    reason: 'authentication_failed',
  },
  {
    name: 'Two faults: the mailbox is unknown, and the bundle is in the wrong order',
    make: made((bench) => {
      bench.write('ca_bundle.pem', bench.pki.sub.pem + bench.pki.root.pem);
      bench.answer = answering(404);
    }),
    cause: 'handshake_failed',
    consequences: [],
    also: ['chain_order_wrong'],
    reason: 'mailbox_unknown',
  },
  {
    name: 'Two faults: the root is missing, and everybody can read the key',
    make: made((bench) => {
      bench.write('ca_bundle.pem', bench.pki.sub.pem);
      chmodSync(bench.path('private_key.pem'), 0o644);
    }),
    cause: 'chain_untrusted',
    consequences: ['handshake_failed'],
    also: ['private_key_permissions'],
    reason: 'server_certificate_untrusted',
  },
  {
    name: 'The mail server refused the recipients, and three days are left',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(3) } });
      const lastError = 'smtp.example:25 refused the recipients desk@example: 550 unknown' as never;
      bench.renewal = { state: 'failed', record: { lastError, refusedThing: 'recipients' } };
      return bench;
    },
    cause: 'renewal_email_failed',
    consequences: ['certificate_expires_imminently', 'renewal_overdue'],
    alert: 'MeshCertificateExpiryImminent',
    first:
      /^smtp\.example:25 refused the recipients desk@example: 550 unknown\. Correct the recipients \(`renewal\.desk`, `contact\.email`\)/,
  },
  {
    name: 'A gateway in front of MESH refuses us (403 with a web page)',
    make: made((bench) => {
      bench.answer = (request, response) => {
        request.resume();
        response.writeHead(403, { 'Content-Type': 'text/html' }).end('<html><title>Access denied</title></html>');
      };
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'unexpected_response',
    alert: 'MeshHandshakeFailing',
    first: /UK address/,
  },
  {
    name: 'The proxy does not let this machine through',
    make: made((bench) => {
      bench.elsewhere = { kind: 'proxy', does: '403' };
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'proxy_failure',
    alert: 'MeshHandshakeFailing',
    first: /^Ask whoever runs the proxy to allow CONNECT/,
  },
  {
    name: 'MESH has asked us to slow down for a day',
    make: made((bench) => {
      bench.watchedForMs = 25 * hourMs;
      bench.answer = answering(429);
    }),
    cause: 'handshake_failed',
    consequences: ['mailbox_not_validated_recently'],
    reason: 'rate_limited',
    alert: 'MeshHandshakeFailing',
  },
  {
    name: 'A ping is answered by a server that does not ask for our certificate',
    make: made((bench) => {
      bench.settings.mesh.probe = 'ping';
      bench.asksForCertificate = false;
      bench.answer = answering(200, '{"status":"running"}');
    }),
    cause: 'client_certificate_not_requested',
    consequences: [],
    alert: 'MeshClientCertificateNotRequested',
  },
  {
    name: 'The keystore’s file is something else',
    make: made((bench) => {
      bench.write('mesh.p12', Buffer.from('300d06092a864886f70d010701', 'hex'), 0o600);
      bench.settings.credential = {
        keystore: { file: 'mesh.p12' },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      };
    }),
    cause: 'keystore_malformed',
    ...unusable,
    consequences: ['handshake_failed'],
  },
];
