import type { Diagnosis } from '../../../diagnosis/index.ts';
import { WithCode } from '../parts/with-code.tsx';

/** What to do first, above everything else. */
export function FirstAction({ cause, command, firstAction }: Diagnosis) {
  if (!cause) return null;
  return (
    <section class="first-action" aria-labelledby="first-action">
      <h2 id="first-action" class="nhsuk-heading-m">
        Do this first
      </h2>
      <p class="finding__remedy">
        <WithCode text={firstAction} />
      </p>
      {command && (
        <pre class="first-action__command">
          <code>{command}</code>
        </pre>
      )}
    </section>
  );
}
