import type { ComponentChildren } from 'preact';
import { catalogue, type Finding } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import { SeverityTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { Day } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { sentence, standingOf } from '../parts/words.ts';

/** The cause first, then whatever else needs attention; what follows from another is folded away. */
export function Findings({ environment }: { environment: EnvironmentStatus }) {
  return (
    <FindingList findings={environment.findings}>
      <NothingToDo environment={environment} />
    </FindingList>
  );
}

/** @param children what is said where nothing was found. */
export function FindingList({
  findings: all,
  children,
}: {
  findings: readonly Finding[];
  children: ComponentChildren;
}) {
  const findings = all.filter(({ consequenceOf }) => !consequenceOf);
  const consequences = all.filter(({ consequenceOf }) => consequenceOf);
  return (
    <section aria-labelledby="to-do">
      <h2 id="to-do" class="nhsuk-heading-m">
        What was found
      </h2>
      {findings.length === 0 ? (
        children
      ) : (
        <ol class="finding-list">
          {findings.map((finding) => (
            <FindingCard finding={finding} />
          ))}
        </ol>
      )}
      {consequences.length > 0 && <Consequences findings={consequences} />}
    </section>
  );
}

/** They need no action of their own. */
function Consequences({ findings }: { findings: readonly Finding[] }) {
  return (
    <details class="nhsuk-details" id="consequences">
      <summary class="nhsuk-details__summary">
        <span class="nhsuk-details__summary-text">
          {plural(findings.length, 'finding')} that {findings.length === 1 ? 'follows' : 'follow'} from this and{' '}
          {findings.length === 1 ? 'needs' : 'need'} no action
        </span>
      </summary>
      <div class="nhsuk-details__text">
        <ul class="nhsuk-list nhsuk-list--bullet">
          {findings.map(({ code, consequenceOf, message }) => (
            <li>
              {catalogue[code].title}
              {consequenceOf && `, which follows from “${catalogue[consequenceOf].title.toLowerCase()}”`}:{' '}
              <Said text={sentence(message)} />
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function FindingCard({ finding }: { finding: Finding }) {
  const { code, severity, message, remedy } = finding;
  const { title, meaning, source } = catalogue[code];
  return (
    <li class={`finding finding--${severity}`}>
      <h3 class="finding__title">
        <SeverityTag severity={severity} /> {title}
      </h3>
      <p class="finding__message">
        <Said text={sentence(message)} />
      </p>
      <p class="finding__remedy">
        <strong>Do this:</strong> <WithCode text={remedy} />
      </p>
      <details class="nhsuk-details finding__why" id={`why-${code}`}>
        <summary class="nhsuk-details__summary">
          <span class="nhsuk-details__summary-text">
            What this means<span class="nhsuk-u-visually-hidden">: {title}</span>
          </span>
        </summary>
        <div class="nhsuk-details__text">
          <p>
            <WithCode text={meaning} />
          </p>
          <p class="page-small">
            <code>{code}</code>. Reference: {source}.
          </p>
        </div>
      </details>
    </li>
  );
}

function NothingToDo({ environment }: { environment: EnvironmentStatus }) {
  const { renewal, credentialConfigured } = environment;
  if (standingOf(environment) === 'unknown') return <p>Nothing is known yet.</p>;
  return (
    <p>
      Nothing.{' '}
      {credentialConfigured && renewal.state === 'not_due' && renewal.dueAt && (
        <>
          The next certificate will be requested from <Day time={renewal.dueAt} />.
        </>
      )}
    </p>
  );
}
