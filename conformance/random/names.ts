/** Names and their constraints (RFC 5280 §4.2.1.6, §4.2.1.10), from a vocabulary small enough for the two to coincide. */
import {
  generalName,
  nameConstraints,
  principalName,
  type SubtreeDistance,
  smtpUtf8Mailbox,
  subjectAlternativeName,
} from '../../test/support/extensions.ts';
import type { Dice } from './dice.ts';
import { anyCertificate, type Bend, clientOf, setExtension, someAuthority } from './draft.ts';
import { distinguishedName, extensionIds } from './make.ts';

type Form = keyof typeof names;

const directory = (...values: readonly (readonly ['C' | 'O' | 'OU', string])[]) =>
  generalName.raw(0xa4, distinguishedName(values.map(([type, value]) => ({ type, value }))));

const names = {
  dns: [
    'a.nhs.uk',
    'nhs.uk',
    'NHS.UK',
    'a.b.nhs.uk',
    'evil.example',
    'notnhs.uk',
    '*.nhs.uk',
    '*.evil.example',
    'no host',
    '10.0.0.1',
    'ä.nhs.uk',
  ].map(generalName.dns),
  email: [
    'a@nhs.net',
    'A@nhs.net',
    'a@NHS.net',
    'a@sub.nhs.net',
    'a@evil.example',
    'nobody',
    '@nhs.net',
    'a@b@nhs.net',
  ].map(generalName.email),
  uri: [
    'https://nhs.uk/x',
    'https://a.nhs.uk:8443/x',
    'HTTPS://A.NHS.UK/',
    'https://evil.example/',
    'urn:nhs:x',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://user@a.nhs.uk/',
    'https:///x',
    'https://nhs.uk?x',
  ].map(generalName.uri),
  ip: [
    [10, 0, 0, 1],
    [10, 1, 0, 1],
    [192, 168, 0, 1],
    [...Array<number>(15).fill(0), 1],
    [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1],
    [10, 0, 0, 1, 1],
  ].map((octets) => generalName.ip(...octets)),
  directory: [
    directory(['C', 'GB'], ['O', 'nhs']),
    directory(['C', 'GB'], ['O', 'NHS'], ['OU', 'x']),
    directory(['C', 'GB'], ['O', 'evil']),
    directory(['O', 'nhs']),
    directory(),
  ],
  otherName: [principalName('a@nhs.uk'), smtpUtf8Mailbox('ä@nhs.net'), smtpUtf8Mailbox('ä@evil.example')],
  registeredId: [generalName.registeredId('1.2.3')],
  x400: [generalName.x400()],
  ediParty: [generalName.ediParty('x')],
} as const satisfies Record<string, readonly Buffer[]>;

const bases: Readonly<Record<Form, readonly Buffer[]>> = {
  dns: ['nhs.uk', '.nhs.uk', 'evil.example', 'uk', '', 'a.nhs.uk', '*.nhs.uk'].map(generalName.dns),
  email: ['nhs.net', '.nhs.net', 'a@nhs.net', 'A@nhs.net', 'evil.example', 'a@NHS.NET'].map(generalName.email),
  uri: ['nhs.uk', '.nhs.uk', 'evil.example', '.example'].map(generalName.uri),
  ip: [
    [10, 0, 0, 0, 255, 0, 0, 0],
    [10, 0, 0, 0, 255, 255, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
    [...Array<number>(15).fill(0), 1, ...Array<number>(16).fill(255)],
    Array<number>(32).fill(0),
  ].map((octets) => generalName.ip(...octets)),
  directory: [
    directory(['C', 'GB']),
    directory(['C', 'GB'], ['O', 'nhs']),
    directory(['C', 'gb'], ['O', 'Evil']),
    directory(),
  ],
  otherName: [principalName('a@nhs.uk')],
  registeredId: [generalName.registeredId('1.2')],
  x400: [generalName.x400()],
  ediParty: [generalName.ediParty('y')],
};

/** The usual forms, more often than those that nobody uses. */
const forms: readonly Form[] = [
  'dns',
  'dns',
  'email',
  'email',
  'uri',
  'uri',
  'ip',
  'ip',
  'directory',
  'directory',
  'otherName',
  'registeredId',
  'x400',
  'ediParty',
];

export const withAlternativeNames: Bend = (draft) => {
  const { dice } = draft;
  const target = dice.oneIn(6) ? anyCertificate(draft) : clientOf(draft);
  const chosen = Array.from({ length: 1 + dice.below(3) }, () => dice.pick(names[dice.pick(forms)]));
  const content = Buffer.from(subjectAlternativeName(...chosen).value);
  setExtension(target, extensionIds.alternativeName, content, dice.oneIn(6));
  draft.notes.push(`alternative names ${chosen.map(shown).join(' ')}`);
};

export const withNameConstraints: Bend = (draft) => {
  const { dice } = draft;
  const list = () => Array.from({ length: 1 + dice.below(2) }, () => subtree(dice));
  const kind = dice.below(3);
  const subtrees = { ...(kind !== 1 ? { permitted: list() } : {}), ...(kind !== 0 ? { excluded: list() } : {}) };
  setExtension(someAuthority(draft), '2.5.29.30', Buffer.from(nameConstraints(subtrees).value), !dice.oneIn(5));
  const words = Object.entries(subtrees).map(
    ([name, all]) => `${name} ${all.map((each) => shown('base' in each ? each.base : each)).join(' ')}`,
  );
  draft.notes.push(`constraints ${words.join(', ')}`);
};

function subtree(dice: Dice): Buffer | SubtreeDistance {
  const base = dice.pick(bases[dice.pick(forms)]);
  if (!dice.oneIn(15)) return base;
  return { base, ...(dice.oneIn(2) ? { minimum: dice.below(2) } : { maximum: dice.below(3) }) };
}

/** The tag, and the content if it is text. */
const shown = (name: Uint8Array): string => {
  const content = Buffer.from(name.subarray(2)).toString('latin1');
  return `${name[0]?.toString(16)}:${/^[\x20-\x7e]*$/.test(content) ? content : Buffer.from(name.subarray(2)).toString('hex')}`;
};
