import { type HandshakeResult, reasonCatalogue } from '../../../mesh/index.ts';
import { elapsed } from '../../../time/index.ts';
import { Moment } from '../parts/when.tsx';

const height = 100;
const step = 24;

/** Recent handshakes as bars. The table gives the same information in words. */
export function HandshakeHistory({ history }: { history: readonly HandshakeResult[] }) {
  const [first, last] = [history[0], history.at(-1)];
  if (!first || !last || history.length < 2) return null;
  const longest = Math.max(...history.map(totalSeconds), 0.001);
  const failures = history.filter(({ outcome }) => outcome === 'failure').length;
  return (
    <figure class="history">
      <figcaption class="history__caption">
        The last {history.length} handshakes: {failures === 0 ? 'all accepted' : `${failures} failed`}. The tallest bar
        is {elapsed(longest)}; a bar with a cross failed.
      </figcaption>
      <svg
        class="history__plot"
        viewBox={`0 0 ${Math.max(history.length, 12) * step} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {history.map((each, index) => (
          <Bar result={each} x={index * step} longest={longest} />
        ))}
      </svg>
      <p class="history__ends">
        <Moment time={first.startedAt} /> <span aria-hidden="true">→</span>
        <span class="nhsuk-u-visually-hidden">to</span> <Moment time={last.startedAt} />
      </p>
      <HistoryTable history={history} />
    </figure>
  );
}

function Bar({ result, x, longest }: { result: HandshakeResult; x: number; longest: number }) {
  if (result.outcome === 'failure')
    return (
      <>
        <rect class="history__bar history__bar--failure" x={x + 3} y="0" width={step - 6} height={height} />
        <path class="history__cross" d={`M${x + 7} 42l${step - 14} 16m0 -16l-${step - 14} 16`} />
      </>
    );
  const tall = Math.max(3, Math.round((totalSeconds(result) / longest) * height));
  return <rect class="history__bar" x={x + 3} y={height - tall} width={step - 6} height={tall} />;
}

function totalSeconds({ phases }: HandshakeResult): number {
  return Object.values(phases).reduce((sum, seconds) => sum + seconds, 0);
}

function HistoryTable({ history }: { history: readonly HandshakeResult[] }) {
  return (
    <details class="nhsuk-details" id="handshake-table">
      <summary class="nhsuk-details__summary">
        <span class="nhsuk-details__summary-text">Handshakes as a table</span>
      </summary>
      <div class="nhsuk-details__text">
        <table class="nhsuk-table page-plain-table">
          <caption class="nhsuk-table__caption nhsuk-u-visually-hidden">Handshakes, newest first</caption>
          <thead class="nhsuk-table__head">
            <tr>
              <th scope="col" class="nhsuk-table__header">
                Started
              </th>
              <th scope="col" class="nhsuk-table__header">
                Outcome
              </th>
              <th scope="col" class="nhsuk-table__header">
                Duration
              </th>
            </tr>
          </thead>
          <tbody class="nhsuk-table__body">
            {history.toReversed().map((each) => (
              <tr class="nhsuk-table__row">
                <td class="nhsuk-table__cell">
                  <Moment time={each.startedAt} />
                </td>
                <td class="nhsuk-table__cell">{each.reason ? reasonCatalogue[each.reason].title : 'Accepted'}</td>
                <td class="nhsuk-table__cell">{elapsed(totalSeconds(each))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
