import type { EnvironmentStatus } from '../../../status/index.ts';
import { counted } from '../../../text/index.ts';
import { environmentPath } from '../parts/links.ts';
import { firstSentence, firstSentences, Times } from '../parts/times.tsx';
import { Since } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { type Standing, standingOf, standings, standingWords } from '../parts/words.ts';
import type { OverviewView } from '../views.ts';
import { addressOf } from './filter.ts';
import type { Tally } from './select.ts';

/** More than this nobody takes in at a glance. */
export const mostTroubled = 5;
/** The whole sentence is on the environment's page. */
const longestAction = 240;

export const needsSomebody = (environment: EnvironmentStatus): boolean =>
  environment.status !== 'ok' && standingOf(environment) !== 'unknown';

/** The environments that need somebody: what is wrong with each, since when, and what to do first. */
export function Attention({ troubled, tally, now }: Pick<OverviewView, 'troubled' | 'tally' | 'now'>) {
  const more = tally.critical + tally.warning - troubled.length;
  if (troubled.length === 0) return null;
  return (
    <ol class="attention">
      {troubled.map(({ environment, since }) => {
        const { cause, firstAction, headline } = environment.diagnosis;
        return (
          <li class={`attention__item attention__item--${standingOf(environment)}`}>
            <p class="attention__what">
              <a href={environmentPath(environment.name)}>{environment.name}</a>{' '}
              <strong>
                <Times text={firstSentence(headline)} />
              </strong>
              {since && (
                <span class="attention__since">
                  {' '}
                  since <Since time={since} now={now} />
                </span>
              )}
            </p>
            {cause && (
              <p class="attention__first">
                Do first: <WithCode text={firstSentences(firstAction, longestAction)} />
              </p>
            )}
          </li>
        );
      })}
      {more > 0 && <li class="attention__more">and {counted(more)} more, in the list below</li>}
    </ol>
  );
}

/** How many environments are in each state. Each leads to the list of them. */
export function Counts({ tally, current }: { readonly tally: Tally; readonly current: Standing | undefined }) {
  const states = standings.filter((state) => tally[state] > 0);
  if (states.length === 0) return null;
  return (
    <ul class="counts" aria-label="Environments by state">
      {states.map((state) => (
        <li>
          <a
            class={`counts__link counts__link--${state}`}
            href={`/${addressOf({ query: '', state })}#environments`}
            {...(state === current ? { 'aria-current': 'true' as const } : {})}
          >
            <strong>{counted(tally[state])}</strong> {standingWords[state]}
          </a>
        </li>
      ))}
    </ul>
  );
}
