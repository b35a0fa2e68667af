import { catalogue } from '../../../findings/index.ts';
import { reasonCatalogue } from '../../../mesh/index.ts';
import { isDrafted } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { plural, shortened } from '../../../text/index.ts';
import { relativeWords } from '../../../time/index.ts';
import { lifeOf } from '../parts/expiry.ts';
import { environmentPath } from '../parts/links.ts';
import { ShortName } from '../parts/name.tsx';
import { pathOf } from '../parts/path.ts';
import type { Column } from '../parts/table.tsx';
import { RenewalTag, StandingTag } from '../parts/tag.tsx';
import { Day, Relative } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { standingOf } from '../parts/words.ts';
import { YearBar } from './year-bar.tsx';

interface Props {
  readonly environment: EnvironmentStatus;
  readonly now: Date;
}

/** The columns of the overview, from the left. @param withPath - whether something about a path needs attention. */
export const columns = (withPath: boolean): readonly Column<Props>[] => [
  { heading: 'Environment', content: Identity },
  { heading: 'State', content: State },
  { heading: 'Expires', content: Expires },
  ...(withPath
    ? [{ heading: 'Path', content: Path, calm: ({ environment }: Props) => !pathMatters(environment) }]
    : []),
  {
    heading: 'Last handshake',
    content: LastHandshake,
    calm: ({ environment }) => environment.handshake.last?.outcome !== 'failure',
  },
  { heading: 'Renewal', content: Renewal, calm: ({ environment }) => environment.renewal.state === 'not_due' },
];

/** Something about the path needs attention. */
export const pathMatters = ({ findings }: EnvironmentStatus): boolean =>
  findings.some(({ code, severity }) => severity !== 'info' && catalogue[code].group === 'chain');

function Identity({ environment: { name, mailboxId, url } }: Props) {
  return (
    <>
      <a href={environmentPath(name)}>{name}</a>
      <span class="page-small page-break">{mailboxId}</span>
      <span class="page-small page-break page-wide">{hostOf(url)}</span>
    </>
  );
}

/** The whole sentence is on the environment's page. */
const longestAction = 160;

function State({ environment }: Props) {
  const { alsoNeedsAttention, cause, firstAction, headline } = environment.diagnosis;
  return (
    <>
      <StandingTag standing={standingOf(environment)} />
      {cause && (
        <>
          <span class="page-small">{headline}</span>
          <span class="page-small page-break">
            <strong>Do first:</strong> <WithCode text={shortened(firstAction, longestAction)} />
          </span>
        </>
      )}
      {alsoNeedsAttention.length > 0 && <span class="page-small">and {alsoNeedsAttention.length} more</span>}
    </>
  );
}

function Expires({ environment, now }: Props) {
  const { expiresAt } = environment;
  const life = lifeOf(environment);
  if (!expiresAt || !life) return <None />;
  return (
    <>
      <YearBar life={life} now={now} standing={expiryStanding(environment)} />
      <strong>{expiresAt < now ? `expired ${relativeWords(expiresAt, now)}` : relativeWords(expiresAt, now)}</strong>
      <span class="page-small page-wide">
        <Day time={expiresAt} />
      </span>
    </>
  );
}

/** The colour of the time left. The environment may be in a worse state for another reason. */
function expiryStanding({ findings }: EnvironmentStatus) {
  const about = findings.filter(({ code }) => /expire/.test(code) && code !== 'server_certificate_expires_soon');
  if (about.some(({ severity }) => severity === 'critical')) return 'critical';
  return about.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}

function Path({ environment }: Pick<Props, 'environment'>) {
  const path = pathOf(environment);
  const issuers = path.slice(1);
  if (path.length === 0) return <None />;
  const complete = environment.assessment?.checks.chain_valid;
  return (
    <>
      {complete === false ? <strong>broken</strong> : <span>{plural(path.length, 'certificate')}</span>}
      {issuers.map(({ certificate }) => (
        <ShortName name={certificate.subject} small />
      ))}
    </>
  );
}

function LastHandshake({ environment, now }: Props) {
  const { last } = environment.handshake;
  if (!last) return <span class="nhsuk-u-secondary-text-colour">none yet</span>;
  return (
    <>
      {last.outcome === 'success' ? 'accepted' : <strong>failed</strong>}
      <span class="page-small">
        <Relative time={last.startedAt} now={now} />
      </span>
      {last.reason && <span class="page-small">{reasonCatalogue[last.reason].title}</span>}
    </>
  );
}

function Renewal({ environment: { credentialConfigured, renewal }, now }: Props) {
  return (
    <>
      {credentialConfigured ? <RenewalTag {...renewal} /> : <None />}
      {renewal.state === 'not_due' && renewal.dueAt && (
        <span class="page-small">
          due <Day time={renewal.dueAt} />
        </span>
      )}
      {renewal.requestedAt && (
        <span class="page-small">
          {isDrafted(renewal) ? 'waiting for you to send it, since ' : 'requested '}
          <Relative time={renewal.requestedAt} now={now} />
        </span>
      )}
    </>
  );
}

const None = () => <span class="nhsuk-u-secondary-text-colour">none</span>;

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}
