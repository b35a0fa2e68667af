import { plural } from '../../../text/index.ts';
import { environmentPath, renewalPath } from '../parts/links.ts';
import { Pagination } from '../parts/pagination.tsx';
import { type Column, ResponsiveTable } from '../parts/table.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { Day, DayOf } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import type { RenewalsView } from '../views.ts';
import type { Upcoming } from './next.ts';
import { Recorded, Unreadable } from './recorded.tsx';
import { TurnTag } from './turn-tag.tsx';

export function RenewalsPage(view: RenewalsView) {
  const { list, page, pages, found } = view;
  return (
    <div class="nhsuk-width-container page-width page-content">
      <h1 class="nhsuk-heading-l">Renewals</h1>
      <nav class="page-tabs" aria-label="Lists of renewals">
        <ul>
          {lists.map(({ name, href, text }) => (
            <li>
              <a href={href} {...(name === list ? { 'aria-current': 'page' as const } : {})}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {list === 'upcoming' ? <UpcomingList {...view} /> : <Recorded {...view} />}
      <Pagination
        page={page}
        pages={pages}
        href={(number) => `/renewals?${list === 'recorded' ? 'list=recorded&' : ''}page=${number}`}
      />
      {pages > 1 && <p class="nhsuk-hint">{plural(found, 'renewal')} in this list.</p>}
    </div>
  );
}

const lists = [
  { name: 'upcoming', href: '/renewals', text: 'What happens next' },
  { name: 'recorded', href: '/renewals?list=recorded', text: 'Every recorded renewal' },
] as const;

function UpcomingList({ upcoming, records }: RenewalsView) {
  return (
    <>
      {records === undefined && <Unreadable />}
      {upcoming.length === 0 ? (
        <p>No environment has a certificate to renew.</p>
      ) : (
        <ResponsiveTable
          caption="What happens next, the most urgent first"
          columns={columns}
          rows={upcoming}
          rowClass={({ next }) => (next.turn === 'you' ? 'page-row--warning' : '')}
          className="page-table--lead"
        />
      )}
    </>
  );
}

const columns: readonly Column<Upcoming>[] = [
  { heading: 'Environment', content: Name, isPlain: true },
  { heading: 'Whose turn', content: ({ next }) => <TurnTag turn={next.turn} />, isPlain: true },
  { heading: 'What happens next', content: ({ next }) => <WithCode text={next.words} />, isPlain: true },
  { heading: 'State', content: ({ environment: { renewal } }) => <RenewalTag {...renewal} /> },
  {
    heading: 'Last safe day',
    content: LastSafeDay,
    calm: ({ environment }) => environment.renewal.lastSafeDay === undefined,
  },
  { heading: 'Expires', content: Expires },
];

function Name({ environment: { name, renewal } }: Upcoming) {
  return <a href={renewal.record ? renewalPath(renewal.record) : environmentPath(name)}>{name}</a>;
}

function LastSafeDay({ environment: { renewal } }: Upcoming) {
  return renewal.lastSafeDay ? <Day time={renewal.lastSafeDay} /> : <span class="page-aside">none</span>;
}

function Expires({ environment: { expiresAt } }: Upcoming) {
  return expiresAt ? <DayOf time={expiresAt} short /> : <span class="page-aside">not known</span>;
}
