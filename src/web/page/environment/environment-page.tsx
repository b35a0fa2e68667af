import type { PastStates } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import { environmentHeading, worrying } from '../overview/headline.ts';
import { DayStrip, stripWords } from '../parts/day-strip.tsx';
import { Quoted } from '../parts/name.tsx';
import { SummaryList } from '../parts/summary-list.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { Moment, Relative } from '../parts/when.tsx';
import { standingOf } from '../parts/words.ts';
import type { EnvironmentView } from '../views.ts';
import { Certificates } from './certificates.tsx';
import { Checks } from './checks.tsx';
import { Findings } from './findings.tsx';
import { FirstAction } from './first-action.tsx';
import { Handshake } from './handshake.tsx';
import { RenewalSummary } from './renewal-summary.tsx';

export function EnvironmentPage({ environment, past, configurationFile, now }: EnvironmentView) {
  const { name, findings, lastRunAt } = environment;
  const others = worrying(findings).length - 1;
  return (
    <>
      <Verdict standing={standingOf(environment)} caption={name} heading={environmentHeading(environment, now)}>
        <p class="verdict__detail">
          {others > 0 && <>And {plural(others, 'other problem')}. </>}
          {lastRunAt ? (
            <>
              Checked <Relative time={lastRunAt} now={now} />.
            </>
          ) : (
            'The first check has not run yet.'
          )}
          {past?.since && (
            <>
              {' '}
              Unchanged since <Moment time={past.since} />.
            </>
          )}
        </p>
      </Verdict>
      <div class="nhsuk-width-container page-width page-content">
        <FirstAction {...environment.diagnosis} />
        <Findings environment={environment} />
        <Handshake environment={environment} now={now} />
        <RenewalSummary environment={environment} configurationFile={configurationFile} now={now} />
        <Checks environment={environment} />
        <Certificates environment={environment} now={now} />
        {past && <History {...past} />}
        <Facts {...environment} />
      </div>
    </>
  );
}

function History({ days }: PastStates) {
  return (
    <section aria-labelledby="history">
      <h2 id="history" class="nhsuk-heading-m">
        Last 90 days
      </h2>
      <div class="page-history">
        <DayStrip days={days} />
      </div>
      <p class="page-small">{stripWords(days)}. The strip ends today; the worse a day was, the higher is its bar.</p>
    </section>
  );
}

function Facts({ preset, application, odsCode, mailboxId, url }: EnvironmentView['environment']) {
  return (
    <section aria-labelledby="about">
      <h2 id="about" class="nhsuk-heading-m">
        About this environment
      </h2>
      <SummaryList
        rows={[
          ['Application', <Quoted text={application} />],
          ['Organisation (ODS code)', odsCode],
          ['Mailbox', mailboxId],
          ['MESH address', <span class="page-break">{url}</span>],
          preset && ['MESH environment', preset],
        ]}
      />
    </section>
  );
}
