/** What answers in MESH's place, or does not, and what MESH answers: one entry for each reason of a failed handshake that no other list has. */
import { answering, type Bench, inDays, makeBench, serverFor } from '../../support/faults/bench.ts';
import type { Fault } from './fault.ts';

const made = (change: (bench: Bench) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};
const short = (bench: Bench) => {
  bench.settings.mesh.timeouts = { connect: '1s', tls: '1s', request: '1s' };
};
const failing = { cause: 'handshake_failed', consequences: [], alert: 'MeshHandshakeFailing' } as const;
const refused = { ...failing, alert: 'MeshHandshakeRefused' } as const;

export const answerFaults: readonly Fault[] = [
  {
    name: 'Nothing listens at MESH’s address',
    make: made((bench) => {
      bench.elsewhere = { kind: 'closed port' };
    }),
    ...failing,
    reason: 'connection_refused',
    headline: /^The connection was refused/,
  },
  {
    name: 'A firewall drops our packets',
    make: made((bench) => {
      short(bench);
      bench.elsewhere = { kind: 'full backlog' };
    }),
    ...failing,
    reason: 'connection_timeout',
    first: /firewall/,
  },
  {
    name: 'A firewall resets the connection',
    make: made((bench) => {
      bench.elsewhere = { kind: 'tcp', does: 'reset' };
    }),
    ...failing,
    reason: 'connection_reset',
  },
  {
    name: 'There is no route to MESH',
    make: made((bench) => {
      bench.settings.mesh.url = 'https://224.0.0.1';
    }),
    ...failing,
    reason: 'network_unreachable',
  },
  {
    name: 'The proxy wants a user name and password',
    make: made((bench) => {
      bench.elsewhere = { kind: 'proxy', does: '407' };
    }),
    ...failing,
    reason: 'proxy_failure',
    first: /^Add the user name and password to `mesh\.proxy`/,
  },
  {
    name: 'What listens there says nothing to our TLS',
    make: made((bench) => {
      short(bench);
      bench.elsewhere = { kind: 'tcp', does: 'hang' };
    }),
    ...failing,
    reason: 'tls_timeout',
  },
  {
    name: 'What listens there speaks plain HTTP',
    make: made((bench) => {
      bench.elsewhere = { kind: 'tcp', does: 'http' };
    }),
    ...refused,
    reason: 'tls_protocol_mismatch',
    first: /plain HTTP/,
  },
  {
    name: 'MESH’s own certificate has expired',
    make: made(async (bench) => {
      bench.server = await serverFor(bench.pki.sub, { notAfter: inDays(-1) });
    }),
    ...refused,
    reason: 'server_certificate_expired',
  },
  {
    name: 'MESH’s certificate is for another name',
    make: made(async (bench) => {
      bench.server = await serverFor(bench.pki.sub, { names: ['mesh.example'] });
    }),
    ...refused,
    reason: 'server_certificate_name_mismatch',
    first: /host name/,
  },
  {
    name: 'A sandbox without a credential asks for a client certificate',
    make: made((bench) => {
      bench.settings.preset = 'sandbox';
      bench.settings.credential = undefined;
      bench.settings.mesh.verify_server = false;
      bench.refusal = 116;
    }),
    ...refused,
    reason: 'client_certificate_required',
    information: ['server_not_verified'],
  },
  {
    name: 'MESH takes longer to answer than it is given',
    make: made((bench) => {
      short(bench);
      bench.answer = (request) => request.resume();
    }),
    ...failing,
    reason: 'http_timeout',
  },
  {
    name: 'MESH answers 400, as its HSCN endpoints do to a wrong certificate',
    make: made((bench) => {
      bench.answer = answering(400, '{"detail":[{"msg":"no"}]}');
    }),
    ...refused,
    reason: 'bad_request',
  },
  {
    name: 'MESH does not know the mailbox (404)',
    make: made((bench) => {
      bench.answer = answering(404, '{"detail":[{"msg":"no"}]}');
    }),
    ...refused,
    reason: 'mailbox_unknown',
    first: /mailbox/i,
  },
  {
    name: 'MESH asks us to slow down (429)',
    make: made((bench) => {
      bench.answer = answering(429);
    }),
    ...failing,
    reason: 'rate_limited',
  },
  {
    name: 'MESH has a fault (503)',
    make: made((bench) => {
      bench.answer = answering(503);
    }),
    ...failing,
    reason: 'server_error',
  },
  {
    name: 'A sign-in page answers in MESH’s place',
    make: made((bench) => {
      bench.answer = (request, response) => {
        request.resume();
        response.writeHead(302, { Location: 'https://login.example/' }).end();
      };
    }),
    ...failing,
    reason: 'unexpected_response',
  },
];
