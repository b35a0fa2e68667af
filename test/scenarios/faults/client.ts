/** The client certificate: its dates, its name, and what MESH thinks of it. */
import { hourMs } from '../../../src/time/duration.ts';
import { answering, type Bench, inDays, makeBench, makePki, serverFor } from '../../support/faults/bench.ts';
import { oids } from '../../support/pki.ts';
import type { Fault } from './fault.ts';

const made = (change: (bench: Bench) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};
const forbidden = (code: string) =>
  answering(403, JSON.stringify({ detail: [{ event: 'AUTHENTICATION', code, msg: 'Authentication failed' }] }));
/** A MESH that goes by the token's time, with a clock that is right. */
const byTheClock = (bench: Bench) => {
  bench.answer = (request, response) => {
    const stamp = /:(\d{12}):/.exec(String(request.headers.authorization))?.[1] ?? '';
    const sent = Date.parse(
      `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}T${stamp.slice(8, 10)}:${stamp.slice(10)}Z`,
    );
    const holds = Math.abs(Date.now() - sent) <= 2 * hourMs;
    (holds ? answering(200) : forbidden('EPL-152'))(request, response);
  };
};

export const clientFaults: readonly Fault[] = [
  {
    name: 'The certificate has expired',
    make: () => makeBench({ client: { notAfter: inDays(-2) } }),
    cause: 'certificate_expired',
    consequences: ['handshake_failed', 'renewal_due'],
    reason: 'client_certificate_expired',
    alert: 'MeshCertificateExpired',
    first:
      /`mesh-cert-monitor renew --config \S+ --environment integration`.*telephone the certificate desk as well as writing to itoc\.supportdesk@nhs\.net: ask for an urgent certificate\..*0113 000 0000/,
    remedy: async (bench) => bench.deploy({ ...bench.pki, client: (await makeBenchClient(bench)).client }),
  },
  {
    name: 'The certificate has expired and its request is uncertain',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(-2) } });
      bench.renewal = {
        state: 'uncertain',
        record: { lastError: 'the service stopped while it was sending' as never },
      };
      return bench;
    },
    cause: 'certificate_expired',
    consequences: ['handshake_failed', 'renewal_email_failed', 'renewal_overdue'],
    reason: 'client_certificate_expired',
    alert: 'MeshCertificateExpired',
    first: /^Look for the request in the mailbox of \S+@\S+\. .* Tell the desk that the certificate has expired\./,
  },
  {
    name: 'The certificate is not valid yet',
    make: () => makeBench({ client: { notBefore: inDays(3) } }),
    cause: 'certificate_not_yet_valid',
    consequences: ['handshake_failed'],
    reason: 'client_certificate_rejected',
    alert: 'MeshCredentialInvalid',
    headline: /^The client certificate is not valid until/,
    first: /^Check this machine’s clock/,
  },
  {
    name: 'The clock is slow by years: nothing is valid yet, MESH’s certificate neither',
    make: async () => {
      const dates = { notBefore: inDays(300), notAfter: inDays(900) };
      const bench = await makeBench({ client: dates, server: dates });
      bench.isLenient = true;
      return bench;
    },
    cause: 'certificate_not_yet_valid',
    consequences: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
    alert: 'MeshCredentialInvalid',
    headline: /clock is probably slow/,
    first: /`date -u`/,
  },
  {
    name: 'A 403 because the clock is three hours fast',
    make: made((bench) => {
      bench.clockMs = 3 * hourMs;
      byTheClock(bench);
    }),
    cause: 'clock_skew',
    consequences: ['handshake_failed'],
    reason: 'authentication_failed',
    alert: 'MeshClockSkewCritical',
    headline: /^This machine’s clock is 3 hours fast/,
    first: /^Set this machine’s clock/,
    remedy: (bench) => {
      bench.clockMs = 0;
    },
  },
  {
    name: 'The clock is ten minutes slow',
    make: made((bench) => {
      bench.clockMs = -hourMs / 6;
    }),
    cause: 'clock_skew',
    consequences: [],
    alert: 'MeshClockSkew',
    headline: /^This machine’s clock is 10 minutes slow/,
    remedy: (bench) => {
      bench.clockMs = 0;
    },
  },
  {
    name: 'A clock that is a day fast makes a certificate look expired',
    make: async () => {
      const bench = await makeBench({ client: { notAfter: inDays(0.5) } });
      bench.clockMs = 24 * hourMs;
      byTheClock(bench);
      return bench;
    },
    cause: 'clock_skew',
    consequences: ['certificate_expired', 'handshake_failed', 'renewal_due'],
    reason: 'authentication_failed',
    alert: 'MeshClockSkewCritical',
    headline: /^This machine’s clock is 24 hours fast/,
  },
  {
    name: 'A 403 with the certificate of another mailbox',
    make: async () => {
      const bench = await makeBench({ client: { cn: 'y26xyz9.y26.api.mesh-client.nhs.uk' } });
      bench.answer = forbidden('EPL-152');
      return bench;
    },
    cause: 'handshake_failed',
    consequences: ['common_name_mailbox_mismatch', 'common_name_ods_code_mismatch'],
    reason: 'authentication_failed',
    alert: 'MeshHandshakeRefused',
    headline: /^MESH refuses mailbox X26ABC1: the certificate deployed for it is “y26xyz9/,
    first: /^Deploy the certificate and key of mailbox X26ABC1/,
  },
  {
    name: 'A 403 because the mailbox password is wrong',
    make: made((bench) => {
      bench.answer = forbidden('EPL-152');
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'authentication_failed',
    alert: 'MeshHandshakeRefused',
    first:
      /the mailbox password \(environment variable MAILBOX_PASSWORD\), the shared key \(environment variable SHARED_KEY\)/,
    remedy: (bench) => {
      bench.answer = answering(200);
    },
  },
  {
    name: 'unknown_ca from MESH while our files fit each other',
    make: made(async (bench) => {
      const next = await makePki();
      bench.clientCa = next.root.pem + next.sub.pem;
      bench.server = await serverFor(next.sub);
      bench.serverChain = next.sub.pem;
      const { root, sub } = bench.pki;
      bench.write('ca_bundle.pem', root.pem + next.root.pem + sub.pem + next.sub.pem);
    }),
    cause: 'handshake_failed',
    consequences: [],
    information: ['bundle_unrelated_certificate', 'bundle_unrelated_certificate'],
    reason: 'client_certificate_rejected',
    alert: 'MeshHandshakeRefused',
    headline: /^MESH refuses our client certificate\. The files here are in order/,
    first:
      /ask the certificate desk \(itoc\.supportdesk@nhs\.net\) for a certificate issued by “NHS INT Authentication G9” \(key identifier/,
  },
  {
    name: 'MESH says that the certificate is revoked',
    make: made((bench) => {
      bench.refusal = 44;
    }),
    cause: 'handshake_failed',
    consequences: [],
    reason: 'client_certificate_revoked',
    alert: 'MeshHandshakeRefused',
    headline: /revoked/,
    first: /^Telephone the certificate desk .*serial number/,
  },
  {
    name: 'The common name is not in the MESH API format',
    make: () => makeBench({ client: { cn: 'x26abc1.thirdparty.nhs.uk' } }),
    cause: 'common_name_malformed',
    consequences: [],
    alert: 'MeshCertificateNameUnexpected',
  },
  {
    name: 'The common name has another organisation’s ODS code',
    make: () => makeBench({ client: { cn: 'x26abc1.y99.api.mesh-client.nhs.uk' } }),
    cause: 'common_name_ods_code_mismatch',
    consequences: [],
    alert: 'MeshCertificateNameUnexpected',
  },
  {
    name: 'The certificate is not for TLS clients',
    make: () => makeBench({ client: { extendedKeyUsage: [oids.serverAuth] } }),
    cause: 'client_auth_not_permitted',
    consequences: ['handshake_failed'],
    reason: 'client_certificate_rejected',
    alert: 'MeshCredentialInvalid',
  },
  {
    name: 'The key of the certificate must not sign',
    make: () => makeBench({ client: { keyUsage: ['keyEncipherment'] } }),
    cause: 'digital_signature_not_permitted',
    consequences: ['handshake_failed'],
    reason: 'client_certificate_rejected',
    alert: 'MeshCredentialInvalid',
  },
];

async function makeBenchClient(bench: Bench) {
  const { leaf } = await import('../../support/pki.ts');
  return { client: await leaf({ issuer: bench.pki.sub, notBefore: inDays(-1), notAfter: inDays(700) }) };
}
