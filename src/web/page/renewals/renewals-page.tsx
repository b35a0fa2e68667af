import type { RenewalRecord } from '../../../renewal/index.ts';
import { plural } from '../../../text/index.ts';
import { renewalPath } from '../parts/links.ts';
import { Quoted } from '../parts/name.tsx';
import { Pagination } from '../parts/pagination.tsx';
import { type Column, ResponsiveTable } from '../parts/table.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Day, Relative } from '../parts/when.tsx';
import type { RenewalsView } from '../views.ts';

export function RenewalsPage({ records, page, pages, found, now }: RenewalsView) {
  return (
    <div class="nhsuk-width-container page-width page-content">
      <h1 class="nhsuk-heading-l">Renewals</h1>
      {records === undefined ? (
        <p>
          <strong>The record of renewals cannot be read.</strong> The log says why.
        </p>
      ) : records.length === 0 ? (
        <p>None yet. A renewal begins with the first check of a certificate.</p>
      ) : (
        <>
          <p class="nhsuk-hint">
            {plural(found, 'renewal')}, newest first: one for each certificate that has been deployed.
          </p>
          <ResponsiveTable
            caption="Renewals, newest first"
            columns={columns}
            rows={records.map((record) => ({ record, now }))}
          />
          <Pagination page={page} pages={pages} href={(number) => `/renewals?page=${number}`} />
        </>
      )}
    </div>
  );
}

interface Props {
  readonly record: RenewalRecord;
  readonly now: Date;
}

const columns: readonly Column<Props>[] = [
  { heading: 'Environment', content: ({ record }) => <a href={renewalPath(record)}>{record.environment}</a> },
  { heading: 'State', content: State },
  { heading: 'Replaces', content: Replaces },
  { heading: 'Requested', content: Requested },
];

function State({ record: { state, closedAt } }: Props) {
  return (
    <>
      <RenewalTag state={state} />
      {closedAt && (
        <span class="page-small">
          closed <Day time={closedAt} />
        </span>
      )}
    </>
  );
}

function Replaces({ record: { commonName, notAfter } }: Props) {
  return (
    <>
      <Quoted text={commonName} most={80} />
      <span class="page-small">{notAfter ? <Expires time={notAfter} /> : 'the first certificate'}</span>
    </>
  );
}

const Expires = ({ time }: { time: Date }) => (
  <>
    expires <Day time={time} />
  </>
);

function Requested({ record: { requestedAt, delivery }, now }: Props) {
  return (
    <>
      {requestedAt ? <Relative time={requestedAt} now={now} /> : 'not yet'}
      {delivery === 'drafted' && <span class="page-small">drafted, to be forwarded</span>}
    </>
  );
}
