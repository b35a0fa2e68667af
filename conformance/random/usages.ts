/** Permitted uses, validity and path lengths. */
import {
  after,
  anyCertificate,
  type Bend,
  basicConstraints,
  clientOf,
  days,
  keyUsage,
  oids,
  purposes,
  setExtension,
  someAuthority,
  type Usage,
} from './draft.ts';
import { type Blueprint, type ExtensionBlueprint, extensionIds } from './make.ts';

const put = (blueprint: Blueprint, { id, content, critical }: ExtensionBlueprint) =>
  setExtension(blueprint, id, content, critical);

export const withPathLength: Bend = (draft) => {
  const limit = draft.dice.below(3);
  put(someAuthority(draft), basicConstraints(true, limit));
  draft.notes.push(`path length ${limit}`);
};

/** A CA that certifies its own new key, which does not count towards the path length. */
export const withSelfIssued: Bend = (draft) => {
  const { chain } = draft;
  const index = draft.dice.below(chain.length - 1);
  const [old, issued] = [chain[index], chain[index + 1]] as [Blueprint, Blueprint];
  const key = clientOf(draft).key;
  if (chain.slice(0, -1).some((each) => each.key === key)) return;
  chain.splice(index + 1, 0, {
    ...old,
    issuer: old.subject,
    signer: old.key,
    key,
    serial: old.serial ^ 1,
    extensions: old.extensions.filter(
      ({ id }) => id !== extensionIds.subjectKeyIdentifier && id !== extensionIds.authorityKeyIdentifier,
    ),
  });
  issued.signer = key;
  setExtension(issued, extensionIds.authorityKeyIdentifier);
  draft.notes.push('self-issued CA');
};

export const withoutCa: Bend = (draft) => {
  const target = someAuthority(draft);
  const kind = draft.dice.below(3);
  if (kind === 0) put(target, basicConstraints(false));
  else if (kind === 1) setExtension(target, extensionIds.basicConstraints);
  else put(target, basicConstraints(false, 1));
  draft.notes.push(['cA false', 'no basic constraints', 'a path length without cA'][kind] ?? '');
};

export const withKeyUsage: Bend = (draft) => {
  const target = anyCertificate(draft);
  const wanted = draft.dice.pick<readonly Usage[]>([
    ['cRLSign'],
    ['digitalSignature'],
    ['keyEncipherment'],
    ['keyAgreement'],
    ['nonRepudiation'],
    ['keyCertSign'],
    ['digitalSignature', 'keyCertSign'],
  ]);
  put(target, keyUsage(...wanted));
  draft.notes.push(`key usage ${wanted.join(' ')}`);
};

export const withPurposes: Bend = (draft) => {
  const wanted = draft.dice.pick([
    [oids.serverAuth],
    [oids.anyPurpose],
    [oids.emailProtection],
    [oids.anyPurpose, oids.clientAuth],
  ]);
  const target = anyCertificate(draft);
  put(target, { ...purposes(...wanted), critical: draft.dice.oneIn(3) });
  draft.notes.push(`purposes ${wanted.join(' ')}`);
};

/** Expired, not yet valid, and each exactly at the boundary. */
export const withLife: Bend = (draft) => {
  const { at, dice } = draft;
  const target = anyCertificate(draft);
  const [from, to] = dice.pick([
    [-days(900), -days(1)],
    [days(1), days(900)],
    [-days(900), 0],
    [-days(900), -1000],
    [0, days(900)],
    [1000, days(900)],
  ] as const);
  target.notBefore = after(at, from);
  target.notAfter = after(at, to);
  draft.notes.push(`validity from ${from / 1000} s to ${to / 1000} s`);
};

export const withSha1: Bend = (draft) => {
  const target = anyCertificate(draft);
  if (target.signer.kind === 'ed25519') return;
  target.hash = 'sha1';
  draft.notes.push('SHA-1');
};
