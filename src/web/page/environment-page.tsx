import { Certificates } from './certificates.tsx';
import { Checks } from './checks.tsx';
import { Findings } from './findings.tsx';
import { Handshake } from './handshake.tsx';
import { environmentHeading, worrying } from './headline.ts';
import { Quoted } from './name.tsx';
import { RenewalSummary } from './renewal-summary.tsx';
import { SummaryList } from './summary-list.tsx';
import { Verdict } from './verdict.tsx';
import type { EnvironmentView } from './view.ts';
import { Relative } from './when.tsx';
import { plural, standingOf } from './words.ts';

export function EnvironmentPage({ environment, now }: EnvironmentView) {
  const { name, findings, lastRunAt } = environment;
  const others = worrying(findings).length - 1;
  return (
    <>
      <Verdict standing={standingOf(environment)} caption={name} heading={environmentHeading(environment, now)}>
        <p class="verdict__detail">
          {others > 0 && <>And {plural(others, 'other thing')} to look at. </>}
          {lastRunAt ? (
            <>
              Checked <Relative time={lastRunAt} now={now} />.
            </>
          ) : (
            'The first check is still to come.'
          )}
        </p>
      </Verdict>
      <div class="nhsuk-width-container page-width page-content">
        <Findings environment={environment} />
        <Certificates environment={environment} now={now} />
        <Handshake environment={environment} now={now} />
        <RenewalSummary environment={environment} now={now} />
        <Checks environment={environment} />
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
          preset && ['Kind', preset],
        ]}
      />
    </section>
  );
}
