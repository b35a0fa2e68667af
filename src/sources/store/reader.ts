import type { SafeText } from '../../text/index.ts';
import { SourceError } from '../error.ts';
import type { SourceOf, SourceReader } from '../reader.ts';
import type { StoreSource } from '../types.ts';
import type { Variables } from '../variables.ts';
import type { Found, Refused, StoreProblem } from './driver.ts';
import { storeLabel } from './labels.ts';
import { problemText } from './problem-text.ts';
import type { Store } from './store.ts';

type StoreKind = StoreSource['kind'];

/** Which item of which store. Several sources can be parts of the same item. */
export interface Place {
  readonly store: Store;
  readonly name: string;
}

export interface StoreReader<Kind extends StoreKind> extends Pick<SourceReader<Kind>, 'read'> {
  place(source: SourceOf<Kind>, env: Variables): Place;
}

interface Parts<Kind extends StoreKind> extends Pick<StoreReader<Kind>, 'place'> {
  /** The part of the item that the source means, or the reason why there is none. */
  pick?(item: Found, source: SourceOf<Kind>): Buffer | Refused;
}

/** Reads from a store what was read of it in this cycle. */
export function storeReader<Kind extends StoreKind>({ place, pick }: Parts<Kind>): StoreReader<Kind> {
  return {
    place,
    async read(source, env) {
      const label = storeLabel(source as StoreSource);
      const { store, name } = place(source, env);
      const { item, problem } = await store.get(name);
      if (!item) throw notRead(label, problem);
      const part = 'refused' in item ? item : pick ? pick(item, source) : item.bytes;
      if ('refused' in part) throw new SourceError(`${label} ${part.refused}`, { isMissing: part.isMissing });
      return {
        bytes: part,
        ...('isPlain' in item && { isPlain: true as const }),
        ...(problem && { unavailable: problem }),
      };
    },
  };
}

function notRead(label: SafeText, problem: StoreProblem | undefined): SourceError {
  const why = problem ? problemText(problem) : 'there was no answer';
  return new SourceError(`${label} could not be read: ${why}`, { unavailable: problem });
}
