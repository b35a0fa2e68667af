import type { EnvironmentStatus } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import type { AssessedCertificate } from '../../../verify/index.ts';
import { expiryStanding } from '../parts/expiry.ts';
import { ShortName } from '../parts/name.tsx';
import { besides, pathOf } from '../parts/path.ts';
import { Day } from '../parts/when.tsx';
import { roleWords, type Standing } from '../parts/words.ts';
import { CertificateCard } from './certificate-card.tsx';

interface Props {
  readonly environment: EnvironmentStatus;
  readonly now: Date;
}

/** The certification path as a chain, from the client to the root, and the other certificates in the bundle. */
export function Certificates({ environment, now }: Props) {
  const path = pathOf(environment);
  const others = besides(environment);
  return (
    <section aria-labelledby="path">
      <h2 id="path" class="nhsuk-heading-m">
        Certification path
      </h2>
      {path.length === 0 ? (
        <p>{environment.credentialConfigured ? 'No certificate has been read yet.' : 'No credential is configured.'}</p>
      ) : (
        <>
          <LastKnown environment={environment} />
          <ol class="chain">
            {path.map((each, index) => (
              <li class="chain__link">
                {index > 0 && <p class="chain__by">issued by</p>}
                <CertificateCard
                  assessed={each}
                  thresholds={environment.thresholds}
                  standing={lifeStanding(each, environment)}
                  now={now}
                />
              </li>
            ))}
            <MissingIssuer path={path} environment={environment} />
          </ol>
        </>
      )}
      {others.length > 0 && <Besides others={others} now={now} />}
    </section>
  );
}

/** What is found about the client certificate's end or its renewal colours its life; each CA has only its own end. */
function lifeStanding({ role }: AssessedCertificate, environment: EnvironmentStatus): Standing | undefined {
  const standing = expiryStanding(environment);
  return role === 'client' && standing !== 'ok' ? standing : undefined;
}

function LastKnown({ environment: { assessment } }: { environment: EnvironmentStatus }) {
  if (!assessment || assessment.certificates.length > 0) return null;
  return <p>The files cannot be read at the moment. These are the certificates that were last read.</p>;
}

/** Where the chain stops short of a root. */
function MissingIssuer({
  path,
  environment,
}: {
  path: readonly AssessedCertificate[];
  environment: EnvironmentStatus;
}) {
  const last = path.at(-1)?.certificate;
  if (!last || last.selfIssued || environment.assessment?.checks.chain_valid !== false) return null;
  return (
    <li class="chain__link">
      <p class="chain__by">issued by</p>
      <p class="chain__missing">
        <strong>Missing:</strong> the certificate of <ShortName name={last.issuer} />, which issued the one above, is
        not in the bundle.
      </p>
    </li>
  );
}

function Besides({ others, now }: { others: readonly AssessedCertificate[]; now: Date }) {
  return (
    <details class="nhsuk-details" id="besides">
      <summary class="nhsuk-details__summary">
        <span class="nhsuk-details__summary-text">
          {plural(others.length, 'more certificate')} in the bundle, not on the path
        </span>
      </summary>
      <div class="nhsuk-details__text">
        <ul class="nhsuk-list nhsuk-list--bullet">
          {others.slice(0, 50).map(({ role, certificate }) => (
            <li>
              {roleWords[role]} <ShortName name={certificate.subject} />,{' '}
              {certificate.notAfter < now ? <strong>expired</strong> : 'expires'} <Day time={certificate.notAfter} />
            </li>
          ))}
          {others.length > 50 && <li>and {others.length - 50} more</li>}
        </ul>
      </div>
    </details>
  );
}
