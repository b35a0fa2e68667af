import { isInStore, type Source, type StoreSource } from '../sources/index.ts';
import type { Configuration } from './types.ts';

/** Every source in a secret store that the configuration names, wherever it stands. */
export const storeSourcesOf = (configuration: Configuration): StoreSource[] => found(configuration);

function found(value: unknown): StoreSource[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('kind' in value && isInStore(value as Source)) return [value as StoreSource];
  return Object.values(value).flatMap(found);
}
