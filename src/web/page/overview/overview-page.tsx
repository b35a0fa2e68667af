import { plural } from '../../../text/index.ts';
import { relativeWords } from '../../../time/index.ts';
import { environmentPath } from '../parts/links.ts';
import { Pagination } from '../parts/pagination.tsx';
import { ResponsiveTable } from '../parts/table.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { Day } from '../parts/when.tsx';
import { standingOf } from '../parts/words.ts';
import type { OverviewView } from '../views.ts';
import { columns, pathMatters } from './columns.tsx';
import { CsvLink } from './csv-link.tsx';
import { overviewHeading, soonest, tallyWords } from './headline.ts';
import { Search } from './search.tsx';
import { perPage, worstStanding } from './select.ts';

export function Overview({ estate, selection, tally, now }: OverviewView) {
  const { environments } = estate;
  const next = soonest(environments, now);
  const withPath = selection.environments.some(pathMatters);
  return (
    <>
      <Verdict standing={worstStanding(tally)} heading={overviewHeading(tally)}>
        <p class="verdict__detail">{tallyWords(tally)}</p>
        {next && (
          <p class="verdict__detail">
            The next to expire is <a href={environmentPath(next.name)}>{next.name}</a>,{' '}
            {relativeWords(next.expiresAt, now)}, on <Day time={next.expiresAt} />.
          </p>
        )}
        {!estate.ready && <p class="verdict__detail">The first round of checks is still under way.</p>}
      </Verdict>
      <div class="nhsuk-width-container page-width page-content">
        {!estate.configuration.lastReloadSuccessful && <RefusedConfiguration />}
        {(environments.length > 10 || selection.query !== '') && <Search {...selection} />}
        {selection.environments.length > 0 ? (
          <ResponsiveTable
            caption="Environments, worst first"
            columns={columns(withPath)}
            rows={selection.environments.map((environment) => ({ environment, now }))}
            rowClass={({ environment }) => `page-row--${standingOf(environment)}`}
            className={withPath ? 'page-table--overview page-table--path' : 'page-table--overview'}
          />
        ) : (
          <p>{selection.query ? 'No environments match.' : 'No environments are configured.'}</p>
        )}
        <Pagination page={selection.page} pages={selection.pages} href={(page) => pageLink(selection.query, page)} />
        {selection.found > perPage && (
          <p class="nhsuk-hint">
            {plural(selection.found, 'environment')}, {perPage} per page, worst first.
          </p>
        )}
        {selection.found > 0 && <CsvLink query={selection.query} />}
        <Key />
      </div>
    </>
  );
}

function pageLink(query: string, page: number): string {
  return `/?${new URLSearchParams({ ...(query ? { q: query } : {}), page: String(page) })}`;
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

/** What the bars in the column “Expires” mean. */
function Key() {
  return (
    <p class="nhsuk-hint page-key">
      Each bar shows the next twelve months, filled up to the day the certificate expires. The marks show when the
      renewal window opens and, near the end, the last safe day to request a new certificate.
    </p>
  );
}
