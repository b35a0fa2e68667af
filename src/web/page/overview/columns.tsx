import { isDrafted, stateCatalogue } from '../../../renewal/index.ts';
import type { EnvironmentStatus, PastStates } from '../../../status/index.ts';
import { relativeWords } from '../../../time/index.ts';
import { DayStrip, stripWords } from '../parts/day-strip.tsx';
import { expiryStanding } from '../parts/expiry.ts';
import { environmentPath } from '../parts/links.ts';
import type { Column } from '../parts/table.tsx';
import { RenewalTag, StandingTag } from '../parts/tag.tsx';
import { firstSentence, Times } from '../parts/times.tsx';
import { DayOf, Relative } from '../parts/when.tsx';
import { standingOf } from '../parts/words.ts';

export interface Line {
  readonly environment: EnvironmentStatus;
  readonly past: PastStates | undefined;
  /** Already said above the table. */
  readonly isOnTop: boolean;
  readonly now: Date;
}

/** The columns of the overview, from the left. One that would say nothing about any of the environments is left out. */
export function columns(environments: readonly EnvironmentStatus[]): readonly Column<Line>[] {
  return [
    { heading: 'Environment', content: Identity, isPlain: true },
    {
      heading: 'State',
      content: ({ environment }) => <StandingTag standing={standingOf(environment)} />,
      isPlain: true,
    },
    ...(environments.some(({ diagnosis }) => diagnosis.cause)
      ? [
          {
            heading: 'What is wrong',
            content: Wrong,
            isPlain: true,
            calm: ({ environment, isOnTop }: Line) => isOnTop || !environment.diagnosis.cause,
          },
        ]
      : []),
    { heading: 'Expires', content: Expires },
    { heading: 'Last 90 days', content: History, calm: () => true },
    {
      heading: 'Handshake',
      content: LastHandshake,
      calm: ({ environment }) => environment.handshake.last?.outcome !== 'failure',
    },
    { heading: 'Renewal', content: Renewal, calm: ({ environment }) => environment.renewal.state === 'not_due' },
  ];
}

const Identity = ({ environment: { name } }: Line) => <a href={environmentPath(name)}>{name}</a>;

/** What to do first is on top of the page for the worst, and on the page of each. */
function Wrong({ environment: { diagnosis } }: Line) {
  const { alsoNeedsAttention, cause, headline } = diagnosis;
  if (!cause) return <span />;
  return (
    <>
      <Times text={firstSentence(headline)} />
      {alsoNeedsAttention.length > 0 && ` and ${alsoNeedsAttention.length} more`}
    </>
  );
}

function Expires({ environment, now }: Line) {
  const { expiresAt } = environment;
  if (!expiresAt) return <None />;
  return (
    <span class={`expires expires--${expiryStanding(environment)}`}>
      <strong>{relativeWords(expiresAt, now)}</strong>{' '}
      <span class="page-aside">
        <DayOf time={expiresAt} short />
      </span>
    </span>
  );
}

function History({ past }: Line) {
  if (!past) return <None />;
  return (
    <>
      <DayStrip {...past} />
      <span class="nhsuk-u-visually-hidden">{stripWords(past.days)}</span>
    </>
  );
}

function LastHandshake({ environment, now }: Line) {
  const { last } = environment.handshake;
  if (!last) return <span class="page-aside">none yet</span>;
  return (
    <>
      {last.outcome === 'failure' && <strong>Failed </strong>}
      <Relative time={last.startedAt} now={now} />
    </>
  );
}

function Renewal({ environment: { credentialConfigured, renewal } }: Line) {
  if (!credentialConfigured) return <None />;
  if (renewal.state !== 'not_due')
    return (
      <>
        <RenewalTag {...renewal} />
        {isDrafted(renewal) && <span class="page-aside"> waiting for you</span>}
      </>
    );
  return <span class="page-aside">{stateCatalogue.not_due.label}</span>;
}

const None = () => <span class="page-aside">none</span>;
