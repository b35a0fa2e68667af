/** A sound path of random length, with random names, keys and validity. */
import type { Dice } from './dice.ts';
import {
  after,
  authorityKeyIdentifier,
  basicConstraints,
  type Draft,
  days,
  keyUsage,
  oids,
  purposes,
  subjectKeyIdentifier,
} from './draft.ts';
import { type Blueprint, type DistinguishedName, generateKey, type Key } from './make.ts';

/** More of each kind than a path has certificates; made once. */
const sound: readonly Key[] = [
  ...Array.from({ length: 24 }, () => generateKey('ec', 'P-256')),
  ...Array.from({ length: 3 }, () => generateKey('rsa', 2048)),
  generateKey('ec', 'P-384'),
  generateKey('ec', 'P-521'),
  generateKey('ed25519'),
];
const weak: readonly Key[] = [
  generateKey('rsa', 1024),
  generateKey('ec', 'secp224r1'),
  generateKey('ec', 'P-256', true),
  generateKey('ec', 'secp192k1'),
];

export function start(dice: Dice): Draft {
  const at = new Date(
    Date.UTC(2026, dice.below(12), 1 + dice.below(28), dice.below(24), dice.below(60), dice.below(60)),
  );
  const notes: string[] = [];
  const count = dice.oneIn(60) ? 9 + dice.below(5) : 1 + dice.below(4);
  const keys = pickKeys(dice, count + 1, notes);
  const identified = !dice.oneIn(4);
  const purposeful = dice.oneIn(4);
  const chain: Blueprint[] = [];
  for (const [index, key] of keys.entries()) {
    const parent = chain.at(-1);
    const isClient = index === count;
    const signer = parent?.key ?? key;
    const subject = isClient ? clientName(dice) : authorityName(dice, index);
    chain.push({
      subject,
      issuer: parent ? sameName(dice, parent.subject) : subject,
      key,
      signer,
      hash: dice.pick(['sha256', 'sha256', 'sha384', 'sha512'] as const),
      notBefore: after(at, -days(30 + dice.below(1000))),
      notAfter: after(at, days(30 + dice.below(4000))),
      version: 3,
      serial: dice.below(2 ** 31),
      extensions: [
        ...(isClient ? clientExtensions(dice) : authorityExtensions(dice, count - 1 - index, purposeful)),
        ...(identified ? [subjectKeyIdentifier(key), authorityKeyIdentifier(signer)] : []),
      ],
    });
  }
  return { dice, at, chain, others: [], missing: new Set(), notes };
}

function pickKeys(dice: Dice, count: number, notes: string[]): Key[] {
  const keys = dice.shuffled(sound).slice(0, count);
  if (dice.oneIn(10)) {
    const place = dice.below(count);
    const key = dice.pick(weak);
    keys[place] = key;
    notes.push(`certificate ${place} has a key of ${key.name}`);
  }
  return keys;
}

const authorityName = (dice: Dice, index: number): DistinguishedName => [
  { type: 'C', value: 'GB' },
  { type: 'O', value: dice.oneIn(8) ? 'evil' : 'nhs' },
  { type: 'CN', value: index === 0 ? 'Root Authority' : `Authority ${index}` },
];

const hosts = ['x26.api.mesh-client.nhs.uk', 'a.evil.example', 'mesh client', 'localhost', '10.0.0.1'];

function clientName(dice: Dice): DistinguishedName {
  if (dice.oneIn(20)) return [];
  return [
    ...(dice.oneIn(2)
      ? [{ type: 'C', value: 'GB' } as const, { type: 'O', value: dice.pick(['nhs', 'evil']) } as const]
      : []),
    ...(dice.oneIn(6) ? [{ type: 'CN', value: dice.pick(hosts) } as const] : []),
    { type: 'CN', value: dice.oneIn(3) ? dice.pick(hosts) : 'x26abc1.x26.api.mesh-client.nhs.uk' },
    ...(dice.oneIn(6)
      ? [{ type: 'E', value: dice.pick(['a@nhs.net', 'Foo@nhs.net', 'a@evil.example', 'nobody']) } as const]
      : []),
  ];
}

/** The same name according to RFC 5280 §7.1: different case, more white space, another string type. */
function sameName(dice: Dice, name: DistinguishedName): DistinguishedName {
  if (!dice.oneIn(5)) return name;
  return name.map((attribute) => {
    const value = dice.pick([
      attribute.value,
      attribute.value.toUpperCase(),
      attribute.value.replace(' ', '  '),
      ` ${attribute.value}`,
    ]);
    return attribute.type === 'C'
      ? attribute
      : { ...attribute, value, ...(dice.oneIn(2) ? { printable: true as const } : {}) };
  });
}

function authorityExtensions(dice: Dice, below: number, purposeful: boolean) {
  const limit = dice.oneIn(3) ? below + dice.below(2) : undefined;
  return [
    basicConstraints(true, limit),
    ...(dice.oneIn(8)
      ? []
      : [keyUsage('keyCertSign', 'cRLSign', ...(dice.oneIn(4) ? (['digitalSignature'] as const) : []))]),
    ...(purposeful && !dice.oneIn(3) ? [purposes(oids.clientAuth, oids.serverAuth)] : []),
  ];
}

const clientExtensions = (dice: Dice) => [
  ...(dice.oneIn(3) ? [] : [basicConstraints(false)]),
  ...(dice.oneIn(5) ? [] : [keyUsage('digitalSignature', 'keyEncipherment')]),
  ...(dice.oneIn(5) ? [] : [purposes(oids.clientAuth, ...(dice.oneIn(2) ? [oids.serverAuth] : []))]),
];
