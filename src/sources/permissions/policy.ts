import type { SafeText } from '../../text/index.ts';
import type { SourceOf } from '../reader.ts';
import type { StoreSource } from '../types.ts';

/** What one store has to allow, in that store's own form. */
export interface Policy {
  readonly store: string;
  /** What it is, and who has to have it. */
  readonly title: string;
  /** Ready to be used as it is. */
  readonly text: SafeText;
  /** The same for scripts: an object where the form is JSON or YAML, text otherwise. */
  readonly value: unknown;
  /** What cannot be known from the configuration. */
  readonly note?: string;
}

export const ofKind = <Kind extends StoreSource['kind']>(
  sources: readonly StoreSource[],
  kind: Kind,
): SourceOf<Kind>[] => sources.filter((source) => source.kind === kind) as StoreSource[] as SourceOf<Kind>[];

export const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)].toSorted();
