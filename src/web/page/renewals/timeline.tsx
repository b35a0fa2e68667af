import type { RenewalRecord } from '../../../renewal/index.ts';
import { RenewalTag } from '../parts/tag.tsx';
import { Said } from '../parts/times.tsx';
import { Moment } from '../parts/when.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { sentence } from '../parts/words.ts';
import { type Next, turnAfter, turnWords, wasDrafted } from './next.ts';
import { TurnTag } from './turn-tag.tsx';

interface Props {
  readonly record: RenewalRecord;
  /** Undefined: what comes is said elsewhere. */
  readonly next?: Next;
}

/** What has happened to a renewal, oldest first, whose turn it was after each step, and what is still to come. */
export function Timeline({ record, next }: Props) {
  const { transitions } = record;
  const last = transitions.length - 1;
  return (
    <ol class="timeline">
      {transitions.map(({ state, at, reason }, index) => (
        <li class="timeline__event">
          <p class="timeline__state">
            <RenewalTag
              state={state}
              record={{ ...record, delivery: wasDrafted(record, index) ? 'drafted' : 'sent' }}
            />{' '}
            <Moment time={at} />
          </p>
          <p class="timeline__reason">
            <Said text={sentence(reason)} />
            {index < last && (
              <span class="page-aside">
                {' '}
                Then: {turnWords[turnAfter(state, wasDrafted(record, index))].toLowerCase()}.
              </span>
            )}
          </p>
        </li>
      ))}
      {next && next.turn !== 'finished' && (
        <li class="timeline__event timeline__event--next">
          <p class="timeline__state">
            <TurnTag turn={next.turn} /> next
          </p>
          <p class="timeline__reason">
            <WithCode text={next.words} />
          </p>
        </li>
      )}
    </ol>
  );
}
