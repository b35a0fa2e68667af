import type { RenewalRecord } from '../../../renewal/index.ts';
import { plural } from '../../../text/index.ts';
import { Cell, ResponsiveTable, Row, RowHeading } from '../parts/cell.tsx';
import { renewalPath } from '../parts/links.ts';
import { Quoted } from '../parts/name.tsx';
import { Pagination } from '../parts/pagination.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Day, Relative } from '../parts/when.tsx';
import type { RenewalsView } from '../views.ts';

const headings = ['Environment', 'State', 'Replaces', 'Requested'];

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
          <ResponsiveTable caption="Renewals, newest first" headings={headings}>
            {records.map((record) => (
              <RenewalRow record={record} now={now} />
            ))}
          </ResponsiveTable>
          <Pagination page={page} pages={pages} href={(number) => `/renewals?page=${number}`} />
        </>
      )}
    </div>
  );
}

function RenewalRow({ record, now }: { record: RenewalRecord; now: Date }) {
  const { environment, state, commonName, notAfter, requestedAt, delivery, closedAt } = record;
  return (
    <Row>
      <RowHeading heading="Environment">
        <a href={renewalPath(record)}>{environment}</a>
      </RowHeading>
      <Cell heading="State">
        <RenewalTag state={state} />
        {closedAt && (
          <span class="page-small">
            closed <Day time={closedAt} />
          </span>
        )}
      </Cell>
      <Cell heading="Replaces">
        <Quoted text={commonName} most={80} />
        <span class="page-small">
          expires <Day time={notAfter} />
        </span>
      </Cell>
      <Cell heading="Requested">
        {requestedAt ? <Relative time={requestedAt} now={now} /> : 'not yet'}
        {delivery === 'drafted' && <span class="page-small">drafted, to be forwarded</span>}
      </Cell>
    </Row>
  );
}
