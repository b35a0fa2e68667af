/** A path before its certificates are made: every later step may alter it. */
import { sequence, tlv } from '../../src/demo/der.ts';
import { oid } from '../../test/support/extensions.ts';
import type { Dice } from './dice.ts';
import { type Blueprint, type ExtensionBlueprint, extensionIds, identifierOf, type Key } from './make.ts';

export interface Draft {
  readonly dice: Dice;
  /** The time to judge at. */
  readonly at: Date;
  /** Root first, the client last. */
  readonly chain: Blueprint[];
  /** What else is in the bundle. */
  readonly others: Blueprint[];
  /** Certificates of the chain that are left out of the bundle. */
  readonly missing: Set<Blueprint>;
  /** What was altered, in a few words each. */
  readonly notes: string[];
}

/** Alters a draft, or leaves it unchanged if there is nothing to alter. */
export type Bend = (draft: Draft) => void;

export const clientOf = ({ chain }: Draft): Blueprint => chain.at(-1) as Blueprint;
export const authoritiesOf = ({ chain }: Draft): Blueprint[] => chain.slice(0, -1);
export const someAuthority = (draft: Draft): Blueprint => draft.dice.pick(authoritiesOf(draft));
export const anyCertificate = (draft: Draft): Blueprint => draft.dice.pick(draft.chain);

/** Replaces the extension of the same kind, or removes it. */
export function setExtension(blueprint: Blueprint, id: string, content?: Buffer, critical = false): void {
  blueprint.extensions = blueprint.extensions.filter((each) => each.id !== id);
  if (content) blueprint.extensions.push({ id, critical, content });
}

export const oids = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  anyPurpose: '2.5.29.37.0',
} as const;

/** In the order of their bits (RFC 5280 §4.2.1.3). */
const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type Usage = (typeof usages)[number];

export function keyUsage(...wanted: readonly Usage[]): ExtensionBlueprint {
  const octet = wanted.reduce((bits, usage) => bits | (0x80 >> usages.indexOf(usage)), 0);
  // X.690 §11.2.2: no bit is zero at the end.
  const unused = octet === 0 ? 0 : Math.log2(octet & -octet);
  const content = tlv(0x03, Buffer.from(octet === 0 ? [0] : [unused, octet]));
  return { id: extensionIds.keyUsage, critical: true, content };
}

export const purposes = (...wanted: readonly string[]): ExtensionBlueprint => ({
  id: extensionIds.extendedKeyUsage,
  critical: false,
  content: sequence(...wanted.map(oid)),
});

export function basicConstraints(ca: boolean, pathLength?: number): ExtensionBlueprint {
  const limit = pathLength === undefined ? [] : [tlv(0x02, Buffer.from([pathLength]))];
  const content = sequence(...(ca ? [tlv(0x01, Buffer.from([0xff]))] : []), ...limit);
  return { id: extensionIds.basicConstraints, critical: true, content };
}

export const subjectKeyIdentifier = (key: Key): ExtensionBlueprint => ({
  id: extensionIds.subjectKeyIdentifier,
  critical: false,
  content: tlv(0x04, identifierOf(key)),
});

export const authorityKeyIdentifier = (key: Key): ExtensionBlueprint => ({
  id: extensionIds.authorityKeyIdentifier,
  critical: false,
  content: sequence(tlv(0x80, identifierOf(key))),
});

export const days = (count: number): number => count * 86_400_000;
export const after = (time: Date, milliseconds: number): Date => new Date(time.getTime() + milliseconds);
