/** One handshake in a few lines: what came of it, where the time went, who answered. */
import { type HandshakeResult, handshakePhases } from '../mesh/index.ts';
import { nameOf } from './chain.ts';
import { labelled, type Terminal } from './terminal.ts';
import { day, elapsed, timeLeft } from './time.ts';

export function handshakeLines(handshake: HandshakeResult, terminal: Terminal): string[] {
  const {
    clientCertificateRequested,
    clockSkewSeconds,
    detail,
    phases,
    serverCertificates,
    serverVerified,
    startedAt,
    tls,
  } = handshake;
  const server = serverCertificates[0];
  const reached = handshakePhases.filter((phase) => phases[phase] !== undefined);
  const timings = reached.map((phase) => `${phase} ${elapsed(phases[phase] ?? 0)}`).join(', ');
  return [
    ...labelled('Handshake', outcome(handshake), terminal),
    ...(detail ? labelled('', detail, terminal) : []),
    ...(timings ? labelled('', timings, terminal) : []),
    ...(tls ? labelled('', `${tls.protocol}, ${tls.cipher}`, terminal) : []),
    ...(server
      ? labelled(
          '',
          `server ${nameOf(server.subject)}, until ${day(server.notAfter)} (${timeLeft(server.notAfter, startedAt)}), ${serverVerified ? 'verified' : 'not verified'}`,
          terminal,
        )
      : []),
    ...(clientCertificateRequested === undefined
      ? []
      : labelled(
          '',
          `the server ${clientCertificateRequested ? 'asked' : 'did not ask'} for the client certificate`,
          terminal,
        )),
    ...(clockSkewSeconds === undefined ? [] : labelled('', clock(clockSkewSeconds), terminal)),
  ];
}

function outcome({ httpStatus, outcome, probe, reason }: HandshakeResult): string {
  const answer = httpStatus === 0 ? '' : `, HTTP ${httpStatus}`;
  return outcome === 'success' ? `${probe} succeeded${answer}` : `${probe} failed: ${reason}${answer}`;
}

/** The server's Date has whole seconds: less than that is not a difference. */
function clock(skewSeconds: number): string {
  const rounded = Math.round(Math.abs(skewSeconds));
  if (rounded <= 1) return 'clock in step with the server’s';
  return `clock ${rounded} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} the server’s`;
}
