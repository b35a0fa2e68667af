/** Two faults of which one looks like a consequence of the other, and answers that seem to say more than they do. */
import { hourMs } from '../../../src/time/duration.ts';
import { answering, type Bench, inDays, makeBench, makePki, serverFor } from '../../support/faults/bench.ts';
import { ca, leaf } from '../../support/pki.ts';
import type { Fault } from './fault.ts';

const expired = { cause: 'certificate_expired', headline: /^The client certificate expired on [^.]*$/ } as const;
const page =
  (status: number, title: string, headers: object = {}): Bench['answer'] =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end(`<html><title>${title}</title></html>`);
  };
const madeExpired = (change: (bench: Bench) => void) => async () => {
  const bench = await makeBench({ client: { notAfter: inDays(-180) } });
  change(bench);
  return bench;
};

/** A device shows a certificate of its own and cannot pass ours on. */
async function inspect(bench: Bench): Promise<void> {
  const corporate = await makePki({ root: { cn: 'Corporate Root' }, sub: { cn: 'Corp Inspection CA' } });
  bench.server = await serverFor(corporate.sub);
  bench.serverChain = corporate.sub.pem;
  bench.asksForCertificate = false;
}

async function deployOtherBundle(bench: Bench): Promise<void> {
  const other = await makePki({ root: { cn: 'Other root' }, sub: { cn: 'Other CA' } });
  bench.write('ca_bundle.pem', other.root.pem + other.sub.pem);
}

const otherBundle = { cause: 'chain_incomplete', headline: /^The CA bundle belongs to another environment/ } as const;

/** The same CA, name and key with other dates. */
const reissued = ({ root, sub }: Bench['pki'], notAfter: Date) =>
  ca({ issuer: root, subject: sub.subject, keys: sub.keys, pathLength: 0, notBefore: inDays(-1000), notAfter });

export const independentFaults: readonly Fault[] = [
  {
    name: 'Two faults: expired, and a device whose clock is wrong inspects TLS and blocks the page',
    make: madeExpired((bench) => {
      bench.asksForCertificate = false;
      bench.answer = page(403, 'Blocked', { Date: inDays(-300).toUTCString() });
    }),
    ...expired,
    consequences: ['renewal_due'],
    also: ['client_certificate_not_requested'],
    reason: 'unexpected_response',
  },
  {
    name: 'Two faults: expired, and a server that did not ask for the certificate answers 200',
    make: madeExpired((bench) => {
      bench.asksForCertificate = false;
    }),
    ...expired,
    consequences: ['renewal_due'],
    also: ['client_certificate_not_requested'],
  },
  {
    name: 'Two faults: expired, and a server that did not ask for the certificate says that it received none',
    make: madeExpired((bench) => {
      bench.asksForCertificate = false;
      bench.answer = page(400, '400 No required SSL certificate was sent');
    }),
    ...expired,
    consequences: ['renewal_due'],
    also: ['client_certificate_not_requested'],
    reason: 'bad_request',
  },
  {
    name: 'Two faults: expired, and the mailbox password is empty',
    make: madeExpired((bench) => {
      bench.env.MAILBOX_PASSWORD = '';
    }),
    ...expired,
    consequences: ['renewal_due'],
    also: ['handshake_failed'],
    reason: 'credential_unusable',
  },
  {
    name: 'Two faults: the clock is three hours fast, and the certificate has expired by MESH’s clock as well',
    make: madeExpired((bench) => {
      bench.clockMs = 3 * hourMs;
      bench.isLenient = true;
      bench.answer = answering(403);
    }),
    ...expired,
    consequences: ['renewal_due'],
    also: ['clock_skew'],
    reason: 'authentication_failed',
  },
  {
    name: 'The clock is fast by years: our certificate has expired, and MESH’s as well',
    make: async () => {
      const dates = { notBefore: inDays(-400), notAfter: inDays(-100) };
      const bench = await makeBench({ client: dates, server: dates });
      bench.isLenient = true;
      return bench;
    },
    cause: 'certificate_expired',
    consequences: ['handshake_failed', 'renewal_due'],
    reason: 'server_certificate_expired',
    alert: 'MeshCertificateExpired',
    headline: /clock is probably fast/,
    first: /^Check the clock first \(`date -u`\)\. .* Request a new certificate now/,
  },
  {
    name: 'Two faults: the bundle is of another environment, and TLS is inspected',
    make: async () => {
      const bench = await makeBench();
      await deployOtherBundle(bench);
      await inspect(bench);
      return bench;
    },
    ...otherBundle,
    consequences: [],
    also: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
  },
  {
    name: 'Two faults: the bundle is of another environment, and MESH’s own certificate has expired',
    make: async () => {
      const bench = await makeBench({ server: { notAfter: inDays(-1) } });
      await deployOtherBundle(bench);
      return bench;
    },
    ...otherBundle,
    consequences: ['handshake_failed'],
    also: ['server_certificate_expires_soon'],
    reason: 'server_certificate_untrusted',
  },
  {
    name: 'Two faults: a CA in the bundle has expired, and TLS is inspected',
    make: async () => {
      const bench = await makeBench({ sub: { notAfter: inDays(-2) } });
      await inspect(bench);
      return bench;
    },
    cause: 'ca_expired',
    consequences: [],
    also: ['handshake_failed'],
    reason: 'server_certificate_untrusted',
  },
  {
    name: 'The issuing CA has a new key under the same root, and MESH still answers 200',
    make: async () => {
      const bench = await makeBench();
      const { root, sub } = bench.pki;
      const next = await ca({ issuer: root, subject: sub.subject, pathLength: 0, notBefore: inDays(-100) });
      bench.deploy({ root, sub, client: await leaf({ issuer: next, notAfter: inDays(700) }) });
      bench.serverChain = next.pem;
      bench.server = await serverFor(next);
      bench.clientCa = root.pem + next.pem;
      bench.write('next.pem', next.pem);
      return bench;
    },
    cause: 'chain_incomplete',
    consequences: [],
    alert: 'MeshChainInvalid',
    first: /^Add “NHS INT Authentication G9” \(key identifier .*\) at the end of .* Keep what is there\.$/,
    remedy: async (bench) => {
      const { readFileSync } = await import('node:fs');
      const { root, sub } = bench.pki;
      bench.write('ca_bundle.pem', root.pem + sub.pem + readFileSync(bench.path('next.pem'), 'utf8'));
    },
  },
  {
    name: 'MESH sends an issuing CA along that has expired, and the bundle has the current one',
    make: async () => {
      const bench = await makeBench();
      bench.serverChain = (await reissued(bench.pki, inDays(-10))).pem;
      return bench;
    },
    cause: 'server_certificate_expires_soon',
    consequences: [],
    alert: 'MeshServerCertificateExpiresSoon',
    headline: /^MESH sends “NHS INT Authentication G9” along, which expired on/,
    first: /^Report the expiry to the service desk/,
    remedy: (bench) => {
      bench.serverChain = bench.pki.sub.pem;
    },
  },
];
