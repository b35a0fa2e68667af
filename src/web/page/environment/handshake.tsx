import { type HandshakeResult, reasonCatalogue } from '../../../mesh/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { elapsed } from '../../../time/index.ts';
import { ShortName } from '../parts/name.tsx';
import { type Row, SummaryList } from '../parts/summary-list.tsx';
import { Tag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { Day, Moment, Relative } from '../parts/when.tsx';
import { sentence } from '../parts/words.ts';
import { HandshakeHistory } from './handshake-history.tsx';
import { Phases } from './phases.tsx';

interface Props {
  readonly environment: EnvironmentStatus;
  readonly now: Date;
}

/** The last handshake with MESH, its phases, and the handshakes before it. */
export function Handshake({ environment: { handshake }, now }: Props) {
  const { last, lastSuccessAt, history } = handshake;
  return (
    <section aria-labelledby="handshake">
      <h2 id="handshake" class="nhsuk-heading-m">
        Handshake with MESH
      </h2>
      {last ? (
        <>
          <p>
            {last.outcome === 'success' ? <Tag colour="green">Accepted</Tag> : <Tag colour="red">Failed</Tag>}{' '}
            <Relative time={last.startedAt} now={now} />
            {last.reason && `: ${reasonCatalogue[last.reason].title.toLowerCase()}`}
          </p>
          <Phases phases={last.phases} failed={last.outcome === 'failure'} />
          <SummaryList rows={[...factsOf(last), lastSuccessRow(last, lastSuccessAt, now)]} />
          <HandshakeHistory history={history} />
        </>
      ) : (
        <p>No handshake has been made yet.</p>
      )}
    </section>
  );
}

function factsOf(last: HandshakeResult): (Row | undefined | false)[] {
  const {
    clientCertificateRequested,
    clockSkewSeconds,
    detail,
    httpStatus,
    probe,
    serverCertificates,
    serverVerified,
  } = last;
  const { startedAt, tls } = last;
  const [server] = serverCertificates;
  return [
    ['Started', <Moment time={startedAt} />],
    detail !== undefined && ['Detail', <Said text={sentence(detail)} />],
    ['Probe', probe === 'validate' ? 'mailbox validation (the MESH handshake)' : 'ping (mutual TLS only)'],
    httpStatus > 0 && ['HTTP status', String(httpStatus)],
    tls && ['TLS', `${tls.protocol}, ${tls.cipher}`],
    server && [
      'Server',
      <>
        <ShortName name={server.subject} />, {serverVerified ? 'verified' : <strong>not verified</strong>}, until{' '}
        <Day time={server.notAfter} />
      </>,
    ],
    clientCertificateRequested !== undefined && [
      'Client certificate',
      clientCertificateRequested ? 'the server asked for it' : <strong>the server did not ask for it</strong>,
    ],
    clockSkewSeconds !== undefined && ['Clock', skewWords(clockSkewSeconds)],
  ];
}

function skewWords(seconds: number): string {
  if (Math.abs(seconds) < 1) return 'matches the server’s';
  return `ours is ${elapsed(Math.abs(seconds))} ${seconds > 0 ? 'ahead of' : 'behind'} the server’s`;
}

function lastSuccessRow(last: HandshakeResult, lastSuccessAt: Date | undefined, now: Date): Row | false {
  if (last.outcome === 'success') return false;
  return [
    'Last accepted',
    lastSuccessAt ? <Relative time={lastSuccessAt} now={now} /> : 'not since the service started',
  ];
}
