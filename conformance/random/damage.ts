/** Damage to files, and mistakes by those who write them. */
import { sequence, tlv } from '../../src/demo/der.ts';
import { generalName } from '../../test/support/extensions.ts';
import { anyCertificate, type Bend, clientOf, setExtension, someAuthority } from './draft.ts';
import { extensionIds } from './make.ts';

export const withBrokenSignature: Bend = (draft) => {
  anyCertificate(draft).damage = (der) => {
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    return der;
  };
  draft.notes.push('broken signature');
};

export const withFlippedBit: Bend = (draft) => {
  const { dice } = draft;
  const [place, bit] = [dice.next(), dice.below(8)];
  anyCertificate(draft).damage = (der) => {
    const octet = Math.floor(place * der.length);
    der[octet] = (der[octet] ?? 0) ^ (1 << bit);
    return der;
  };
  draft.notes.push('flipped bit');
};

export const withMissing: Bend = (draft) => {
  draft.missing.add(someAuthority(draft));
  draft.notes.push('missing CA');
};

/** Another key made the signature. */
export const withWrongSigner: Bend = (draft) => {
  const target = anyCertificate(draft);
  target.signer = clientOf(draft).key;
  draft.notes.push('wrong signer');
};

export const withOtherIdentifier: Bend = (draft) => {
  const target = anyCertificate(draft);
  setExtension(target, extensionIds.authorityKeyIdentifier, sequence(tlv(0x80, Buffer.from('not this key'))));
  draft.notes.push('other authority key identifier');
};

const unknown = '1.3.6.1.4.1.99999.1';

export const withCritical: Bend = (draft) => {
  const target = anyCertificate(draft);
  const id = draft.dice.pick([unknown, extensionIds.subjectKeyIdentifier, extensionIds.authorityKeyIdentifier]);
  const known = target.extensions.find((each) => each.id === id);
  setExtension(
    target,
    id,
    known?.content ?? (id === extensionIds.subjectKeyIdentifier ? tlv(0x04, Buffer.from([1])) : sequence()),
    true,
  );
  draft.notes.push(`critical ${id}`);
};

/** Extensions that cannot be decoded. */
export const withMalformed: Bend = (draft) => {
  const target = anyCertificate(draft);
  const [id, content] = draft.dice.pick([
    [extensionIds.alternativeName, sequence(generalName.raw(0x8f, Buffer.from('x')))],
    [extensionIds.alternativeName, sequence(generalName.raw(0x88, Buffer.from([0x80])))],
    [extensionIds.alternativeName, tlv(0x04)],
    [extensionIds.basicConstraints, sequence(tlv(0x02, Buffer.from([0, 1])))],
    [extensionIds.keyUsage, tlv(0x04, Buffer.from([1]))],
    [extensionIds.extendedKeyUsage, sequence(tlv(0x06, Buffer.from([0x80, 0x01])))],
    ['2.5.29.30', sequence(tlv(0xa0, generalName.dns('nhs.uk')))],
    ['2.5.29.31', sequence(sequence(tlv(0xa0, tlv(0xa0, tlv(0x8f)))))],
    [extensionIds.authorityKeyIdentifier, sequence(tlv(0x84))],
  ] as const);
  setExtension(target, id, content);
  draft.notes.push(`malformed ${id}`);
};

export const withTwice: Bend = (draft) => {
  const target = anyCertificate(draft);
  const [first] = target.extensions;
  if (!first) return;
  target.extensions.push(first);
  draft.notes.push(`${first.id} twice`);
};

export const withOldVersion: Bend = (draft) => {
  const target = anyCertificate(draft);
  target.version = 1 + draft.dice.below(2);
  if (draft.dice.oneIn(2)) target.extensions = [];
  draft.notes.push(`version ${target.version}`);
};
