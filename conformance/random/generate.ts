/** One random certification path for each seed. */

import { toPem } from '../certificates.ts';
import { withCross, withGeneration, withOwnRoot, withTwin } from './alternatives.ts';
import {
  withBrokenSignature,
  withCritical,
  withFlippedBit,
  withMalformed,
  withMissing,
  withOldVersion,
  withOtherIdentifier,
  withTwice,
  withWrongSigner,
} from './damage.ts';
import { Dice } from './dice.ts';
import type { Bend } from './draft.ts';
import { make } from './make.ts';
import { withAlternativeNames, withNameConstraints } from './names.ts';
import { withPolicies } from './policies.ts';
import { start } from './start.ts';
import { withKeyUsage, withLife, withoutCa, withPathLength, withPurposes, withSelfIssued, withSha1 } from './usages.ts';

export interface RandomPath {
  readonly seed: number;
  readonly at: Date;
  /** PEM. */
  readonly certificate: string;
  /** PEM, in random order. */
  readonly bundle: readonly string[];
  /** What was altered, in a few words each. */
  readonly notes: readonly string[];
}

/** Each with its weight. */
const bends: readonly (readonly [number, Bend])[] = [
  [3, withPathLength],
  [2, withSelfIssued],
  [1, withoutCa],
  [2, withKeyUsage],
  [2, withPurposes],
  [3, withLife],
  [1, withSha1],
  [1, withBrokenSignature],
  [1, withFlippedBit],
  [1, withMissing],
  [1, withWrongSigner],
  [1, withOtherIdentifier],
  [1, withCritical],
  [1, withMalformed],
  [1, withTwice],
  [1, withOldVersion],
  [4, withTwin],
  [2, withGeneration],
  [2, withCross],
  [1, withOwnRoot],
];
const weighted = bends.flatMap(([weight, bend]) => Array<Bend>(weight).fill(bend));

/** The same path for the same seed, except for keys and signatures, on which nothing depends. */
export function generate(seed: number): RandomPath {
  const dice = new Dice(seed);
  const draft = start(dice);
  if (dice.oneIn(2)) {
    withAlternativeNames(draft);
    withNameConstraints(draft);
    if (dice.oneIn(3)) withNameConstraints(draft);
  }
  if (dice.oneIn(4)) withPolicies(draft);
  // Most are altered once: everyone refuses a path that is altered everywhere, which shows nothing.
  const count = dice.pick([0, 0, 1, 1, 1, 1, 2, 2, 3]);
  for (let number = 0; number < count; number += 1) dice.pick(weighted)(draft);
  const authorities = draft.chain.slice(0, -1).filter((each) => !draft.missing.has(each));
  return {
    seed,
    at: draft.at,
    certificate: toPem(make(draft.chain.at(-1) as (typeof draft.chain)[number])),
    bundle: dice.shuffled([...authorities, ...draft.others]).map((each) => toPem(make(each))),
    notes: draft.notes,
  };
}
