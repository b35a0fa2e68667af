import type { RenewalRecord } from '../../../renewal/index.ts';
import { RenewalTag } from './tag.tsx';
import { Said } from './times.tsx';
import { Moment } from './when.tsx';
import { sentence } from './words.ts';

/** What has happened to a renewal, oldest first. */
export function Transitions({ transitions }: Pick<RenewalRecord, 'transitions'>) {
  return (
    <ol class="timeline">
      {transitions.map(({ state, at, reason }) => (
        <li class="timeline__event">
          <p class="timeline__state">
            <RenewalTag state={state} /> <Moment time={at} />
          </p>
          <p class="timeline__reason">
            <Said text={sentence(reason)} />
          </p>
        </li>
      ))}
    </ol>
  );
}
