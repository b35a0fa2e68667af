import { plural } from '../../../text/index.ts';
import { relativeWords } from '../../../time/index.ts';
import { environmentPath } from '../parts/links.ts';
import { Pagination } from '../parts/pagination.tsx';
import { ResponsiveTable } from '../parts/table.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { DayOf } from '../parts/when.tsx';
import { standingOf } from '../parts/words.ts';
import type { OverviewView } from '../views.ts';
import { Attention, Counts } from './attention.tsx';
import { columns } from './columns.tsx';
import { CsvLink } from './csv-link.tsx';
import { addressOf, isNarrow } from './filter.ts';
import { overviewHeading, soonest } from './headline.ts';
import { perPage, worstStanding } from './select.ts';
import { Toolbar } from './toolbar.tsx';

/** Fewer are taken in without it. */
const searchable = 10;

export function Overview({ estate, selection, lines, troubled, tally, now }: OverviewView) {
  const { environments } = estate;
  const { filter, found, page, pages, sort } = selection;
  const next = soonest(environments, now);
  const isNextTroubled = troubled.some(({ environment }) => environment === next);
  return (
    <>
      <Verdict standing={worstStanding(tally)} heading={overviewHeading(tally)}>
        {!isNarrow(filter) && <Attention troubled={troubled} tally={tally} now={now} />}
        {next && !isNextTroubled && (
          <p class="verdict__detail">
            The next to expire is <a href={environmentPath(next.name)}>{next.name}</a>,{' '}
            {relativeWords(next.expiresAt, now)}, on <DayOf time={next.expiresAt} />.
          </p>
        )}
        {!estate.ready && <p class="verdict__detail">The first round of checks is still under way.</p>}
        <Counts tally={tally} current={filter.state} />
      </Verdict>
      <div class="nhsuk-width-container page-width page-content" id="environments">
        {!estate.configuration.lastReloadSuccessful && <RefusedConfiguration />}
        {(environments.length > searchable || isNarrow(filter)) && <Toolbar {...selection} />}
        {lines.length > 0 ? (
          <ResponsiveTable
            caption={sort === 'application' ? 'Environments by application, worst first' : 'Environments'}
            columns={columns(selection.environments)}
            rows={lines}
            rowClass={({ environment }) => `page-row--${standingOf(environment)}`}
            className="page-table--lead page-table--overview"
            groupOf={sort === 'application' ? ({ environment }) => environment.application : undefined}
          />
        ) : (
          <p>{isNarrow(filter) ? 'No environments match.' : 'No environments are configured.'}</p>
        )}
        <Pagination page={page} pages={pages} href={(number) => `/${addressOf(filter, number) || '?page=1'}`} />
        {found > perPage && (
          <p class="nhsuk-hint">
            {plural(found, 'environment')}, {perPage} on a page.
          </p>
        )}
        {found > 0 && <CsvLink filter={filter} />}
        {lines.some(({ past }) => past) && <Key />}
      </div>
    </>
  );
}

function RefusedConfiguration() {
  return (
    <div class="nhsuk-inset-text">
      <span class="nhsuk-u-visually-hidden">Information: </span>
      <p>
        The configuration file has changed but was rejected. The previous configuration stays in force; the log says
        why.
      </p>
    </div>
  );
}

/** What the column “Last 90 days” shows. */
function Key() {
  return (
    <p class="nhsuk-hint page-key">
      “Last 90 days” ends today. A low green bar is a day that was OK throughout, a higher yellow one a day that needed
      attention, and a full red one a day on which somebody had to act. No bar means that the service was not running.
    </p>
  );
}
