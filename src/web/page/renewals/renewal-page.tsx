import type { RenewalFiles, RenewalRecord } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { environmentPath, renewalPath, requestFilePath } from '../parts/links.ts';
import { Hex, Quoted } from '../parts/name.tsx';
import { SummaryList } from '../parts/summary-list.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { DayOf, Moment } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { sentence } from '../parts/words.ts';
import type { RenewalView } from '../views.ts';
import { MessageAsSent } from './message-as-sent.tsx';
import { Timeline } from './timeline.tsx';
import { TurnTag } from './turn-tag.tsx';

export function RenewalPage({ record, environment, next, others, files, keyPath }: RenewalView) {
  const { state } = record;
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
        {record.environment}
      </h1>
      <p>
        <RenewalTag state={state} record={record} /> {latest && <Said text={sentence(latest.reason)} />}
      </p>
      <section class="first-action" aria-labelledby="next">
        <h2 id="next" class="nhsuk-heading-m">
          What happens next
        </h2>
        <p class="finding__remedy">
          <TurnTag turn={next.turn} /> <WithCode text={next.words} />
        </p>
      </section>
      <Facts record={record} environment={environment} files={files} keyPath={keyPath} />
      <section aria-labelledby="message">
        <h2 id="message" class="nhsuk-heading-m">
          {record.delivery === 'drafted' || !record.requestedAt ? 'The email as drafted' : 'The email as sent'}
        </h2>
        {files.message ? (
          <>
            <Actions
              copy="message-text"
              label="Copy the text"
              href={files.messageFile && requestFilePath(record, 'eml')}
              what="Download the email (.eml)"
            />
            <MessageAsSent message={files.message} />
          </>
        ) : (
          <p>{missing(record, 'message')}</p>
        )}
      </section>
      <section aria-labelledby="csr">
        <h2 id="csr" class="nhsuk-heading-m">
          Certificate signing request
        </h2>
        {files.csrPem ? (
          <Csr pem={files.csrPem} href={requestFilePath(record, 'csr')} />
        ) : (
          <p>{missing(record, 'request')}</p>
        )}
      </section>
      <section aria-labelledby="events">
        <h2 id="events" class="nhsuk-heading-m">
          History
        </h2>
        <Timeline record={record} next={next} />
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
  readonly environment: EnvironmentStatus | undefined;
  readonly files: RenewalFiles;
  readonly keyPath: string | undefined;
}

function Facts({ record, environment, files, keyPath }: FactsProps) {
  const { delivery, messageFile, commonName, serial, notAfter, fingerprintSha256, requestedAt, messageId } = record;
  const { issuedFingerprintSha256, lastError, nextAttemptAt, keyFile, keyPlace, csrFile } = record;
  return (
    <SummaryList
      rows={[
        [
          'Environment',
          environment ? <a href={environmentPath(environment.name)}>{environment.name}</a> : 'no longer configured',
        ],
        ['Certificate desk', deskOf(environment, files)],
        ['Common name', <Quoted text={commonName} />],
        notAfter
          ? ['Replaced certificate', <Hex digits={serial ?? ''} />]
          : ['Replaced certificate', 'none: this is the first certificate'],
        notAfter && ['Its SHA-256 fingerprint', <Hex digits={fingerprintSha256} />],
        notAfter && ['Its expiry', <Moment time={notAfter} />],
        requestedAt && [delivery === 'drafted' ? 'Drafted, not sent yet' : 'Requested', <Moment time={requestedAt} />],
        delivery === 'drafted' &&
          messageFile !== undefined && ['Draft in the state directory', <code class="page-break">{messageFile}</code>],
        messageId !== undefined && ['Message ID', <Quoted text={messageId} />],
        [
          'New private key',
          keyPlace ? (
            <Quoted text={keyPlace} />
          ) : keyFile ? (
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

/** From the configuration; of an environment that is gone, from the message. */
function deskOf(environment: EnvironmentStatus | undefined, { message }: RenewalFiles) {
  const to = message?.headers.find(({ name }) => name.toLowerCase() === 'to')?.value;
  const desk = environment ? environment.desk.join(', ') : to;
  return desk ? <Quoted text={desk} /> : 'not known';
}

interface ActionsProps {
  /** The id of the element with the text. */
  readonly copy: string;
  readonly label: string;
  /** Undefined: there is no file. */
  readonly href: string | undefined;
  readonly what: string;
}

/** The button needs a script and is hidden without; the link does not. */
const Actions = ({ copy, label, href, what }: ActionsProps) => (
  <p class="page-actions">
    <button
      type="button"
      class="nhsuk-button nhsuk-button--secondary nhsuk-button--small page-copy"
      data-copy={copy}
      hidden
    >
      {label}
    </button>
    {href && <a href={href}>{what}</a>}
  </p>
);

function Csr({ pem, href }: { pem: string; href: string }) {
  return (
    <>
      <Actions copy="csr-pem" label="Copy the request" href={href} what="Download the request (.csr)" />
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
                  expiring on <DayOf time={other.notAfter} />
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
