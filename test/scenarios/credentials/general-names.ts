/** Every form of name against every kind of constraint (RFC 5280 §4.2.1.10), a passing and a failing one of each. */
import { sequence } from '../../../src/demo/der.ts';
import {
  generalName,
  nameConstraints,
  principalName,
  smtpUtf8Mailbox,
  subjectAlternativeName,
} from '../../support/extensions.ts';
import { ca, leaf, type NameInput } from '../../support/pki.ts';
import { type Scenario, three } from './making.ts';

type Subtrees = Parameters<typeof nameConstraints>[0];
type Names = readonly Uint8Array[];

const cn = { CN: ['x26abc1.x26.api.mesh-client.nhs.uk'] };
const nhs: NameInput = [{ C: ['GB'] }, { O: ['nhs'] }];
const evil: NameInput = [{ C: ['GB'] }, { O: ['evil'] }];

const named = (subtrees: Subtrees, names: Names, subject: NameInput = [cn]) =>
  three({
    sub: { extensions: [nameConstraints(subtrees)] },
    client: { subject, extensions: names.length > 0 ? [subjectAlternativeName(...names)] : [] },
  });
const passes = (name: string, subtrees: Subtrees, names: Names, more: Partial<Scenario> = {}): Scenario => ({
  name,
  make: named(subtrees, names),
  findings: [],
  ...more,
});
const fails = (name: string, subtrees: Subtrees, names: Names, more: Partial<Scenario> = {}): Scenario => ({
  name,
  make: named(subtrees, names),
  findings: ['chain_name_constraint_violated'],
  ...more,
});
const { directory, dns, ediParty, email, ip, registeredId, uri, x400 } = generalName;

export const generalNameScenarios: readonly Scenario[] = [
  // Directory names, in the subject and beside it
  passes('a directory name inside the permitted subtree', { permitted: [directory(nhs)] }, [], {
    make: named({ permitted: [directory(nhs)] }, [directory([...(nhs as []), { OU: ['x'] }])], [...(nhs as []), cn]),
  }),
  fails('a directory name outside the permitted subtree', { permitted: [directory(nhs)] }, [], {
    make: named({ permitted: [directory(nhs)] }, [directory(evil)], [...(nhs as []), cn]),
  }),
  passes('a directory name outside the excluded subtree', { excluded: [directory(evil)] }, [directory(nhs)]),
  fails('a directory name inside the excluded subtree', { excluded: [directory(evil)] }, [directory(evil)]),
  fails('a subject inside the excluded subtree', { excluded: [directory(evil)] }, [], {
    make: named({ excluded: [directory(evil)] }, [], [...(evil as []), cn]),
  }),

  // Mailboxes
  passes('a mailbox of the permitted host', { permitted: [email('nhs.net')] }, [email('A@NHS.net')]),
  fails('a mailbox of another host', { permitted: [email('nhs.net')] }, [email('a@nhs.example')]),
  passes('a mailbox that differs from the excluded one in case', { excluded: [email('Foo@nhs.net')] }, [
    email('foo@nhs.net'),
  ]),
  fails('the excluded mailbox, its host in another case', { excluded: [email('Foo@nhs.net')] }, [email('Foo@NHS.NET')]),
  fails('a mailbox without a host where hosts are excluded', { excluded: [email('nhs.net')] }, [email('nobody')]),
  fails('the second of two email addresses in the subject outside the permitted host', {}, [], {
    make: named({ permitted: [email('nhs.net')] }, [], [{ E: ['a@nhs.net'] }, { E: ['a@nhs.example'] }, cn]),
  }),
  passes('an address beyond ASCII of the permitted host', { permitted: [email('nhs.net')] }, [
    smtpUtf8Mailbox('ä@nhs.net'),
  ]),
  fails('an address beyond ASCII of the excluded host', { excluded: [email('nhs.net')] }, [
    smtpUtf8Mailbox('ä@nhs.net'),
  ]),

  // URIs
  passes('a URI whose host is permitted', { permitted: [uri('.nhs.uk')] }, [uri('https://a.nhs.uk:8443/x')]),
  fails('a URI whose host is excluded', { excluded: [uri('evil.example')] }, [uri('https://evil.example/')]),
  fails('a URI without a host where a host is excluded', { excluded: [uri('evil.example')] }, [uri('urn:nhs:x')]),
  // OpenSSL compares an address as text, though RFC 5280 wants it rejected.
  fails(
    'a URI with an address for a host where a host is excluded',
    { excluded: [uri('evil.example')] },
    [uri('https://10.0.0.1/')],
    {
      openssl: 'accepts',
    },
  ),
  passes('a URI without a host where only host names are constrained', { permitted: [dns('nhs.uk')] }, [
    uri('urn:nhs:x'),
    dns('a.nhs.uk'),
  ]),

  // Addresses
  passes('an address outside the excluded network', { excluded: [ip(10, 0, 0, 0, 255, 0, 0, 0)] }, [ip(11, 0, 0, 1)]),
  fails('an address inside the excluded network', { excluded: [ip(10, 0, 0, 0, 255, 0, 0, 0)] }, [ip(10, 0, 0, 1)]),
  fails('an address of five octets where a network is excluded', { excluded: [ip(10, 0, 0, 0, 255, 0, 0, 0)] }, [
    ip(11, 0, 0, 0, 1),
  ]),

  passes('an address of five octets where nothing is constrained', {}, [], {
    make: three({ client: { extensions: [subjectAlternativeName(ip(11, 0, 0, 0, 1))] } }),
  }),
  // OpenSSL looks at names of a form that is constrained.
  fails(
    'an address of five octets where hosts are excluded',
    { excluded: [dns('evil.example')] },
    [ip(11, 0, 0, 0, 1)],
    {
      openssl: 'accepts',
    },
  ),
  fails('a DNS name beyond ASCII where mailboxes are excluded', { excluded: [email('nhs.net')] }, [dns('ä.nhs.uk')], {
    openssl: 'accepts',
  }),

  // Host names in the subject
  {
    name: 'the first of two common names outside the permitted hosts',
    make: named({ permitted: [dns('nhs.uk')] }, [], [{ CN: ['mesh.example'] }, cn]),
    findings: ['chain_name_constraint_violated'],
  },
  // OpenSSL compares octets, whatever they are.
  fails(
    'a DNS name that is no host name where hosts are excluded',
    { excluded: [dns('evil.example')] },
    [dns('no host')],
    {
      openssl: 'accepts',
    },
  ),

  // What nobody can compare
  passes('a principal name where registered IDs are excluded', { excluded: [registeredId('1.2.3')] }, [
    principalName('a@nhs.uk'),
  ]),
  fails('a registered ID where registered IDs are excluded', { excluded: [registeredId('1.2.3')] }, [
    registeredId('1.2.4'),
  ]),
  fails('a principal name where other names are permitted', { permitted: [principalName('a@nhs.uk')] }, [
    principalName('a@nhs.uk'),
  ]),
  passes('an X.400 address where EDI parties are excluded', { excluded: [ediParty('x')] }, [x400()]),
  fails('an EDI party where EDI parties are excluded', { excluded: [ediParty('x')] }, [ediParty('y')]),
  fails('an X.400 address where X.400 addresses are excluded', { excluded: [generalName.raw(0xa3, sequence())] }, [
    x400(),
  ]),

  // Minimum and maximum
  passes('a minimum of 0, which is the default', { permitted: [{ base: dns('nhs.uk'), minimum: 0 }] }, [
    dns('a.nhs.uk'),
  ]),
  fails('a minimum of 1 in a permitted subtree', { permitted: [{ base: dns('nhs.uk'), minimum: 1 }] }, [
    dns('a.nhs.uk'),
  ]),
  fails('a maximum in a permitted subtree', { permitted: [{ base: dns('nhs.uk'), maximum: 3 }] }, [dns('a.nhs.uk')]),
  fails('a maximum of 0 in an excluded subtree', { excluded: [{ base: dns('evil.example'), maximum: 0 }] }, [
    dns('a.nhs.uk'),
  ]),
  passes(
    'a maximum for a form that the client does not have',
    { permitted: [{ base: email('nhs.net'), maximum: 0 }] },
    [dns('a.nhs.uk')],
  ),

  {
    name: 'a constraint of the root on the client, two CAs below',
    make: async () => {
      const root = await ca({ cn: 'Root', extensions: [nameConstraints({ permitted: [uri('nhs.uk')] })] });
      const sub = await ca({ cn: 'Sub', issuer: root });
      const client = await leaf({ issuer: sub, extensions: [subjectAlternativeName(uri('https://nhs.example/'))] });
      return { client, bundle: [root, sub] };
    },
    findings: ['chain_name_constraint_violated'],
  },
];
