/** Environments that name each other's files, as entries do that were copied into one configuration. Pure. */
import { ownPlaces, placeOf } from './deployment-target.ts';
import type { CredentialParts, ResolvedEnvironment } from './types.ts';

interface Named {
  readonly index: number;
  /** As the configuration calls it. */
  readonly setting: string;
  readonly environment: ResolvedEnvironment;
  readonly parts: CredentialParts;
}

/**
 * One sentence for each environment whose key or certificate is where another's is. One certificate for several mailboxes is legitimate:
 * then both places are the same, in environments of one kind.
 */
export function sharedPlaces(environments: readonly ResolvedEnvironment[]): string[] {
  const first = new Map<string, Named>();
  return environments.flatMap((environment, index) => {
    const found = namedBy(environment, index).flatMap(({ place, ...named }) => {
      const before = first.get(place);
      if (!before) first.set(place, named);
      return before && before.index !== index && !isOneCredential(before, named) ? [sentence(named, before)] : [];
    });
    return found.slice(0, 1);
  });
}

function namedBy(environment: ResolvedEnvironment, index: number): (Named & { readonly place: string })[] {
  const { credential } = environment;
  if (!credential) return [];
  const both = [
    { setting: 'credential', parts: credential },
    ...(credential.next ? [{ setting: 'credential.next', parts: credential.next }] : []),
  ];
  return both.flatMap(({ setting, parts }) =>
    ownPlaces(parts).flatMap(({ key, source }) => {
      const place = placeOf(source);
      return place === undefined ? [] : [{ place, index, setting: `${setting}.${key}`, environment, parts }];
    }),
  );
}

const isOneCredential = (one: Named, other: Named): boolean =>
  one.environment.preset === other.environment.preset && placesIn(one.parts) === placesIn(other.parts);

const placesIn = (parts: CredentialParts): string =>
  JSON.stringify(ownPlaces(parts).map(({ source }) => placeOf(source)));

const sentence = ({ index, setting }: Named, before: Named): string =>
  `environments[${index}].${setting}: the same place as environments[${before.index}].${before.setting}. A new certificate for one would replace the other’s: give each its own.`;
