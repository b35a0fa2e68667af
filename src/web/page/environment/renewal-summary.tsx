import { isDrafted } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { expiryStanding, lifeOf } from '../parts/expiry.ts';
import { renewalPath } from '../parts/links.ts';
import { SummaryList } from '../parts/summary-list.tsx';
import { RenewalTag } from '../parts/tag.tsx';
import { TimeBar } from '../parts/time-bar.tsx';
import { Said } from '../parts/times.tsx';
import { Day, Moment } from '../parts/when.tsx';
import { sentence } from '../parts/words.ts';
import { nextOf } from '../renewals/next.ts';
import { Timeline } from '../renewals/timeline.tsx';
import { FirstSteps } from './first-steps.tsx';

interface Props {
  readonly environment: EnvironmentStatus;
  /** For commands that people are told to type. */
  readonly configurationFile: string;
  readonly now: Date;
}

/** The state of an environment’s renewal, on the timeline of its certificate. */
export function RenewalSummary({ environment, configurationFile, now }: Props) {
  const { renewal, credentialConfigured } = environment;
  if (!credentialConfigured) return null;
  const { state, reason, dueAt, first, lastSafeDay, requestedAt, record } = renewal;
  const life = lifeOf(environment);
  return (
    <section aria-labelledby="renewal">
      <h2 id="renewal" class="nhsuk-heading-m">
        {first ? 'First certificate' : 'Renewal'}
      </h2>
      <p>
        <RenewalTag state={state} record={record} /> <Said text={sentence(reason)} />
      </p>
      {first && <FirstSteps renewal={renewal} />}
      {life && <TimeBar {...life} now={now} standing={expiryStanding(environment)} />}
      <SummaryList
        rows={[
          dueAt && ['Window opens', <Day time={dueAt} />],
          requestedAt && [isDrafted(renewal) ? 'Drafted, not sent yet' : 'Requested', <Moment time={requestedAt} />],
          lastSafeDay && ['Last safe day to request', <Day time={lastSafeDay} />],
          environment.expiresAt && ['Expires', <Moment time={environment.expiresAt} />],
        ]}
      />
      {record && (
        <>
          <Timeline record={record} next={nextOf(environment, { configurationFile, now })} />
          <p>
            <a href={renewalPath(record)}>The request, its email and its files</a>
          </p>
        </>
      )}
    </section>
  );
}
