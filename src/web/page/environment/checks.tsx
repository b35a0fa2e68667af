import { checkCatalogue, checkNames } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { Tag } from '../parts/tag.tsx';

/** The results behind the metric `nhs_mesh_check_passed`. A check whose input is not configured is left out. */
export function Checks({ environment: { assessment, renewal } }: { environment: EnvironmentStatus }) {
  // There is nothing to check while the first certificate is awaited.
  return renewal.first ? null : <CheckList assessment={assessment} />;
}

export function CheckList({ assessment }: Pick<EnvironmentStatus, 'assessment'>) {
  const judged = checkNames.filter((name) => assessment?.checks[name] !== undefined);
  if (judged.length === 0) return null;
  return (
    <section aria-labelledby="checks">
      <h2 id="checks" class="nhsuk-heading-m">
        Checks
      </h2>
      <ul class="check-list">
        {judged.map((name) => (
          <li class="check-list__item">
            <Result passed={assessment?.checks[name] === true} judged={assessment?.judged[name] !== false} />
            <span>{checkCatalogue[name].title}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Not judged: its input could not be read, so nothing is known to be wrong. */
function Result({ passed, judged }: { passed: boolean; judged: boolean }) {
  if (!judged) return <Tag colour="grey">Not judged</Tag>;
  return passed ? <Tag colour="green">Passed</Tag> : <Tag colour="red">Failed</Tag>;
}
