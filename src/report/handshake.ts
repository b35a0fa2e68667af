/** One handshake in a few lines: its result, its phases, and the server. */
import { type HandshakeResult, handshakePhases } from '../mesh/index.ts';
import { joined, literal, type SafeText, say } from '../text/index.ts';
import { elapsed, timeLeft, utcDay } from '../time/index.ts';
import { nameOf } from '../x509/index.ts';
import { labelled, type Terminal } from './terminal.ts';

const longestName = 80;

export function handshakeLines(handshake: HandshakeResult, terminal: Terminal): SafeText[] {
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
  const timings = joined(
    reached.map((phase) => say`${phase} ${elapsed(phases[phase] ?? 0)}`),
    ', ',
  );
  return [
    ...labelled('Handshake', outcome(handshake), terminal),
    ...(detail ? labelled('', detail, terminal) : []),
    ...(timings ? labelled('', timings, terminal) : []),
    ...(tls ? labelled('', say`${tls.protocol}, ${tls.cipher}`, terminal) : []),
    ...(server
      ? labelled(
          '',
          say`server ${nameOf(server.subject, longestName)}, until ${utcDay(server.notAfter)} (${timeLeft(server.notAfter, startedAt)}), ${serverVerified ? 'verified' : 'not verified'}`,
          terminal,
        )
      : []),
    ...(clientCertificateRequested === undefined
      ? []
      : labelled(
          '',
          clientCertificateRequested
            ? literal('the server requested the client certificate')
            : literal('the server did not request the client certificate'),
          terminal,
        )),
    ...(clockSkewSeconds === undefined ? [] : labelled('', clock(clockSkewSeconds), terminal)),
  ];
}

function outcome({ httpStatus, outcome, probe, reason }: HandshakeResult): SafeText {
  const answer = httpStatus === 0 ? '' : `, HTTP ${httpStatus}`;
  return outcome === 'success' ? say`${probe} succeeded${answer}` : say`${probe} failed: ${reason ?? ''}${answer}`;
}

/** The server's Date has whole seconds, so a smaller difference does not count. */
function clock(skewSeconds: number): SafeText {
  const rounded = Math.round(Math.abs(skewSeconds));
  if (rounded <= 1) return literal('clock in step with the server’s');
  return say`clock ${rounded} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} the server’s`;
}
