import { type RenewalRecord, stateCatalogue } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import { environmentPath, renewalPath } from '../parts/links.ts';
import { Quoted } from '../parts/name.tsx';
import { Pagination } from '../parts/pagination.tsx';
import { type Column, ResponsiveTable } from '../parts/table.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { Day, Relative } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { sentence } from '../parts/words.ts';
import type { RenewalsView } from '../views.ts';
import { isAboutRenewal } from './urgent.ts';

export function RenewalsPage({ records, urgent, page, pages, found, now }: RenewalsView) {
  return (
    <div class="nhsuk-width-container page-width page-content">
      <h1 class="nhsuk-heading-l">Renewals</h1>
      {urgent.length > 0 && page === 1 && <Urgent environments={urgent} now={now} />}
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

/** What needs somebody, the first to expire on top. */
function Urgent({ environments, now }: { environments: readonly EnvironmentStatus[]; now: Date }) {
  return (
    <section aria-labelledby="urgent">
      <h2 id="urgent" class="nhsuk-heading-m">
        Needs attention
      </h2>
      <ResponsiveTable
        caption="Renewals that need attention, the first to expire on top"
        columns={urgentColumns}
        rows={environments.map((environment) => ({ environment, now }))}
      />
      <h2 class="nhsuk-heading-m">All renewals</h2>
    </section>
  );
}

interface UrgentProps {
  readonly environment: EnvironmentStatus;
  readonly now: Date;
}

const urgentColumns: readonly Column<UrgentProps>[] = [
  { heading: 'Environment', content: ({ environment: { name } }) => <a href={environmentPath(name)}>{name}</a> },
  { heading: 'State', content: ({ environment: { renewal } }) => <RenewalTag {...renewal} /> },
  { heading: 'Expires', content: ExpiresIn },
  { heading: 'What to do', content: WhatToDo },
];

function ExpiresIn({ environment: { expiresAt }, now }: UrgentProps) {
  return expiresAt ? <Relative time={expiresAt} now={now} /> : <>not known</>;
}

/** Why, and what to do about it. */
function WhatToDo({ environment: { findings } }: UrgentProps) {
  return (
    <>
      {findings.filter(isAboutRenewal).map(({ message, remedy }) => (
        <span class="page-small page-break">
          <Said text={sentence(message)} /> <strong>Do this:</strong> <WithCode text={remedy} />
        </span>
      ))}
    </>
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

function State({ record }: Props) {
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
      {delivery === 'drafted' && 'not yet: drafted '}
      {requestedAt ? <Relative time={requestedAt} now={now} /> : 'not yet'}
      {delivery === 'drafted' && <span class="page-small">waiting for you to send it</span>}
    </>
  );
}
