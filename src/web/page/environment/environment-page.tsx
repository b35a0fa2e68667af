import { plural } from '../../../text/index.ts';
import { environmentHeading, worrying } from '../overview/headline.ts';
import { Quoted } from '../parts/name.tsx';
import { SummaryList } from '../parts/summary-list.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { Relative } from '../parts/when.tsx';
import { standingOf } from '../parts/words.ts';
import type { EnvironmentView } from '../views.ts';
import { Certificates } from './certificates.tsx';
import { Checks } from './checks.tsx';
import { Findings } from './findings.tsx';
import { FirstAction } from './first-action.tsx';
import { Handshake } from './handshake.tsx';
import { RenewalSummary } from './renewal-summary.tsx';

export function EnvironmentPage({ environment, now }: EnvironmentView) {
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
        </p>
      </Verdict>
      <div class="nhsuk-width-container page-width page-content">
        <FirstAction {...environment.diagnosis} />
        <Findings environment={environment} />
        <Handshake environment={environment} now={now} />
        <RenewalSummary environment={environment} now={now} />
        <Checks environment={environment} />
        <Certificates environment={environment} now={now} />
        <Facts {...environment} />
      </div>
    </>
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
