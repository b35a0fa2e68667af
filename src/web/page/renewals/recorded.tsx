import { type RenewalRecord, stateCatalogue } from '../../../renewal/index.ts';
import { plural } from '../../../text/index.ts';
import { renewalPath } from '../parts/links.ts';
import { Quoted } from '../parts/name.tsx';
import { type Column, ResponsiveTable } from '../parts/table.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { DayOf, Relative } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { sentence } from '../parts/words.ts';
import type { RenewalsView } from '../views.ts';

/** One for each certificate that has been deployed, newest first. */
export function Recorded({ records, found, now }: Pick<RenewalsView, 'records' | 'found' | 'now'>) {
  if (records === undefined) return <Unreadable />;
  if (records.length === 0) return <p>None yet. A renewal begins with the first check of a certificate.</p>;
  return (
    <>
      <p class="nhsuk-hint">
        {plural(found, 'renewal')}, newest first: one for each certificate that has been deployed.
      </p>
      <ResponsiveTable
        caption="Renewals, newest first"
        columns={columns}
        rows={records.map((record) => ({ record, now }))}
      />
    </>
  );
}

export const Unreadable = () => (
  <p>
    <strong>The record of renewals cannot be read.</strong> The log says why.
  </p>
);

interface Line {
  readonly record: RenewalRecord;
  readonly now: Date;
}

const columns: readonly Column<Line>[] = [
  { heading: 'Environment', content: ({ record }) => <a href={renewalPath(record)}>{record.environment}</a> },
  { heading: 'State', content: State },
  { heading: 'Replaces', content: Replaces },
  { heading: 'Requested', content: Requested },
];

function State({ record }: Line) {
  const { state, closedAt, lastError } = record;
  return (
    <>
      <RenewalTag state={state} record={record} />
      {(state === 'failed' || state === 'uncertain') && (
        <span class="page-small page-break">
          {lastError && <Said text={sentence(lastError)} />} <WithCode text={stateCatalogue[state].remedy} />
        </span>
      )}
      {closedAt && (
        <span class="page-small">
          closed on <DayOf time={closedAt} />
        </span>
      )}
    </>
  );
}

function Replaces({ record: { commonName, notAfter } }: Line) {
  return (
    <>
      <Quoted text={commonName} most={80} />
      <span class="page-small">
        {notAfter ? (
          <>
            expires on <DayOf time={notAfter} />
          </>
        ) : (
          'the first certificate'
        )}
      </span>
    </>
  );
}

function Requested({ record: { requestedAt, delivery }, now }: Line) {
  return (
    <>
      {delivery === 'drafted' && 'not yet: drafted '}
      {requestedAt ? <Relative time={requestedAt} now={now} /> : 'not yet'}
      {delivery === 'drafted' && <span class="page-small">waiting for you to send it</span>}
    </>
  );
}
