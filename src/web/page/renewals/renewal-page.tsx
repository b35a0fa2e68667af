import type { RenewalRecord } from '../../../renewal/index.ts';
import { environmentPath, renewalPath } from '../parts/links.ts';
import { Hex, Quoted } from '../parts/name.tsx';
import { SummaryList } from '../parts/summary-list.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { Transitions } from '../parts/transitions.tsx';
import { Day, Moment } from '../parts/when.tsx';
import { sentence } from '../parts/words.ts';
import type { RenewalView } from '../views.ts';
import { MessageAsSent } from './message-as-sent.tsx';

export function RenewalPage({ record, configured, others, files, keyPath }: RenewalView) {
  const { environment, state } = record;
  const latest = record.transitions.at(-1);
  return (
    <div class="nhsuk-width-container page-width page-content">
      <nav class="page-back" aria-label="Back">
        <a class="nhsuk-back-link" href="/renewals">
          Renewals
        </a>
      </nav>
      <h1 class="nhsuk-heading-l">
        <span class="nhsuk-caption-l">Renewal</span>
        {environment}
      </h1>
      <p>
        <RenewalTag state={state} record={record} /> {latest && <Said text={sentence(latest.reason)} />}
      </p>
      <Facts record={record} configured={configured} keyPath={keyPath} />
      <section aria-labelledby="message">
        <h2 id="message" class="nhsuk-heading-m">
          {record.delivery === 'drafted' || !record.requestedAt ? 'The email as drafted' : 'The email as sent'}
        </h2>
        {files.message ? <MessageAsSent message={files.message} /> : <p>{missing(record, 'message')}</p>}
      </section>
      <section aria-labelledby="csr">
        <h2 id="csr" class="nhsuk-heading-m">
          Certificate signing request
        </h2>
        {files.csrPem ? <Csr pem={files.csrPem} /> : <p>{missing(record, 'request')}</p>}
      </section>
      <section aria-labelledby="events">
        <h2 id="events" class="nhsuk-heading-m">
          History
        </h2>
        <Transitions transitions={record.transitions} />
      </section>
      {others.length > 0 && <Others others={others} />}
    </div>
  );
}

function missing({ csrFile, messageFile }: RenewalRecord, what: 'message' | 'request'): string {
  const made = what === 'message' ? messageFile : csrFile;
  return made ? `It is no longer in the state directory: ${made}` : 'Not created yet.';
}

interface FactsProps {
  readonly record: RenewalRecord;
  readonly configured: boolean;
  readonly keyPath: string | undefined;
}

function Facts({ record, configured, keyPath }: FactsProps) {
  const { environment, commonName, serial, notAfter, fingerprintSha256, requestedAt, messageId } = record;
  const { issuedFingerprintSha256, lastError, nextAttemptAt, keyFile, csrFile } = record;
  return (
    <SummaryList
      rows={[
        ['Environment', configured ? <a href={environmentPath(environment)}>{environment}</a> : 'no longer configured'],
        ['Common name', <Quoted text={commonName} />],
        notAfter
          ? ['Replaced certificate', <Hex digits={serial ?? ''} />]
          : ['Replaced certificate', 'none: this is the first certificate'],
        notAfter && ['Its SHA-256 fingerprint', <Hex digits={fingerprintSha256} />],
        notAfter && ['Its expiry', <Moment time={notAfter} />],
        requestedAt && ['Requested', <Moment time={requestedAt} />],
        messageId !== undefined && ['Message ID', <Quoted text={messageId} />],
        [
          'New private key',
          keyFile ? (
            <code class="page-break">{keyPath}</code>
          ) : csrFile ? (
            'none: the existing key is used'
          ) : (
            'not created yet'
          ),
        ],
        issuedFingerprintSha256 !== undefined && ['Issued certificate', <Hex digits={issuedFingerprintSha256} />],
        lastError !== undefined && ['Last error', <Said text={sentence(lastError)} />],
        nextAttemptAt && ['Next attempt', <Moment time={nextAttemptAt} />],
      ]}
    />
  );
}

function Csr({ pem }: { pem: string }) {
  return (
    <>
      <p>
        <button
          type="button"
          class="nhsuk-button nhsuk-button--secondary nhsuk-button--small page-copy"
          data-copy="csr-pem"
          hidden
        >
          Copy the request
        </button>
      </p>
      <pre class="page-pre" id="csr-pem">
        {pem.replaceAll('\r\n', '\n')}
      </pre>
    </>
  );
}

function Others({ others }: { others: readonly RenewalRecord[] }) {
  return (
    <section aria-labelledby="others">
      <h2 id="others" class="nhsuk-heading-m">
        Other certificates of this environment
      </h2>
      <ul class="nhsuk-list nhsuk-list--bullet">
        {others.slice(0, 20).map((other) => (
          <li>
            <a href={renewalPath(other)}>
              <Quoted text={other.commonName} most={80} />,{' '}
              {other.notAfter ? (
                <>
                  expiring <Day time={other.notAfter} />
                </>
              ) : (
                'the first'
              )}
            </a>{' '}
            <RenewalTag state={other.state} record={other} />
          </li>
        ))}
      </ul>
    </section>
  );
}
