import { catalogue, type Finding } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { Quoted } from '../parts/name.tsx';
import { SeverityTag } from '../parts/tag.tsx';
import { Day } from '../parts/when.tsx';
import { sentence, standingOf } from '../parts/words.ts';

/** What to do, worst first: each finding with its remedy and the reference for the rule. */
export function Findings({ environment }: { environment: EnvironmentStatus }) {
  const { findings } = environment;
  return (
    <section aria-labelledby="to-do">
      <h2 id="to-do" class="nhsuk-heading-m">
        What to do next
      </h2>
      {findings.length === 0 ? (
        <NothingToDo environment={environment} />
      ) : (
        <ol class="finding-list">
          {findings.map((finding) => (
            <FindingCard finding={finding} />
          ))}
        </ol>
      )}
    </section>
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
        <Quoted text={sentence(message)} />
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

/** The catalogue marks code with backticks. */
function WithCode({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code class="page-break">{part}</code> : part))}</>;
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
