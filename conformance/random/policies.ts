/** Certificate policies (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). */
import {
  anyPolicy,
  certificatePolicies,
  inhibitAnyPolicy,
  policyConstraints,
  policyMappings,
} from '../../test/support/extensions.ts';
import { type Bend, clientOf, setExtension } from './draft.ts';
import type { Blueprint } from './make.ts';

const policies = ['1.3.6.1.4.1.99999.1.1', '1.3.6.1.4.1.99999.1.2', '1.3.6.1.4.1.99999.1.3'] as const;

type Library = ReturnType<typeof certificatePolicies>;
const put = (blueprint: Blueprint, { type, value, critical }: Library) =>
  setExtension(blueprint, type, Buffer.from(value), critical);

/** Something on every certificate of the path, so that a requirement for a policy can be met. */
export const withPolicies: Bend = (draft) => {
  const { dice } = draft;
  const common = dice.pick(policies);
  for (const each of draft.chain) {
    const wanted = new Set([
      ...(dice.oneIn(6) ? [] : [common]),
      ...(dice.oneIn(4) ? [dice.pick(policies)] : []),
      ...(dice.oneIn(5) ? [anyPolicy] : []),
    ]);
    if (wanted.size > 0) put(each, certificatePolicies([...wanted], dice.oneIn(4)));
    if (dice.oneIn(4))
      put(
        each,
        policyMappings(
          ...Array.from(
            { length: 1 + dice.below(2) },
            () => [dice.pick(policies), dice.oneIn(25) ? anyPolicy : dice.pick(policies)] as const,
          ),
        ),
      );
    if (dice.oneIn(3))
      put(
        each,
        policyConstraints({
          requireExplicitPolicy: dice.below(3),
          ...(dice.oneIn(3) ? { inhibitPolicyMapping: dice.below(3) } : {}),
        }),
      );
    if (dice.oneIn(6)) put(each, inhibitAnyPolicy(dice.below(3)));
  }
  draft.notes.push('policies');
  if (clientOf(draft).extensions.some(({ id }) => id === '2.5.29.33')) draft.notes.push('client maps policies');
};
