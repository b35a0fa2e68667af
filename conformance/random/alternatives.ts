/** More than one path: renewed CAs, cross-certificates, other generations, unrelated CAs. */
import { after, authorityKeyIdentifier, type Bend, type Draft, days, setExtension, someAuthority } from './draft.ts';
import { type Blueprint, extensionIds } from './make.ts';
import { withNameConstraints } from './names.ts';
import { withKeyUsage, withLife, withoutCa, withPathLength, withPurposes, withSha1 } from './usages.ts';

const copyOf = (blueprint: Blueprint): Blueprint => ({
  ...blueprint,
  serial: blueprint.serial ^ 0x55,
  extensions: [...blueprint.extensions],
});

/** The same CA again, with another validity, and perhaps altered. */
export const withTwin: Bend = (draft) => {
  const { dice } = draft;
  const twin = copyOf(someAuthority(draft));
  twin.notAfter = after(draft.at, days(30 + dice.below(4000)));
  const paper: Draft = { ...draft, chain: [twin, twin] };
  if (!dice.oneIn(3))
    dice.pick([withKeyUsage, withLife, withoutCa, withPathLength, withPurposes, withSha1, withNameConstraints])(paper);
  draft.others.push(twin);
  draft.notes.push('twin');
};

/** The same name with another key: another generation of the CA. */
export const withGeneration: Bend = (draft) => {
  const { dice, chain } = draft;
  const other = copyOf(someAuthority(draft));
  const isRoot = other.key === other.signer;
  const stranger = chain.at(-1)?.key ?? other.key;
  other.key = stranger;
  if (isRoot) other.signer = stranger;
  setExtension(other, extensionIds.subjectKeyIdentifier);
  if (isRoot) setExtension(other, extensionIds.authorityKeyIdentifier);
  if (dice.oneIn(2)) other.notAfter = after(draft.at, days(30 + dice.below(4000)));
  draft.others.push(other);
  draft.notes.push('other generation');
};

/** Two CAs on the path certify each other. */
export const withCross: Bend = (draft) => {
  const { dice, chain } = draft;
  const cas = chain.slice(0, -1);
  const [one, other] = [dice.pick(cas), dice.pick(cas)];
  if (one === other) return;
  const cross = copyOf(one);
  Object.assign(cross, { issuer: other.subject, signer: other.key });
  setExtension(cross, extensionIds.authorityKeyIdentifier);
  if (dice.oneIn(2)) cross.extensions.push(authorityKeyIdentifier(other.key));
  draft.others.push(cross);
  draft.notes.push('cross-certificate');
};

/** A sub CA on the path that is also a root. */
export const withOwnRoot: Bend = (draft) => {
  const root = copyOf(someAuthority(draft));
  Object.assign(root, { issuer: root.subject, signer: root.key });
  setExtension(root, extensionIds.authorityKeyIdentifier);
  draft.others.push(root);
  draft.notes.push('sub CA as a root');
};
