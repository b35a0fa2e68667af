import { describe, expect, test } from 'vitest';
import { allowance } from '../../src/limits/index.ts';
import { literal, Untrusted } from '../../src/text/index.ts';
import { violatedName } from '../../src/verify/rules/name-constraints.ts';
import { addressOctets } from '../../src/verify/rules/name-forms/address.ts';
import type { Certificate, NameConstraints } from '../../src/x509/certificate.ts';
import { parsed } from '../support/credential/deployed.ts';
import { ca, leaf } from '../support/pki.ts';

const root = await ca({ cn: 'Root' });
const client = await leaf({ issuer: root });

describe('name constraints', () => {
  type Names = Pick<Certificate, 'alternativeNames'> & {
    rdns?: readonly string[];
    emailAddresses?: readonly string[];
    commonNames?: readonly string[];
  };
  const violation = (
    constraints: Partial<NameConstraints>,
    { alternativeNames, rdns = [], emailAddresses = [], commonNames = [] }: Names,
    last = true,
    budget = 1000,
  ) => {
    const base = parsed(client);
    const certificate = {
      ...base,
      alternativeNames,
      subjectRdns: rdns,
      subject: { text: literal(''), canonical: '' },
      subjectEmailAddresses: emailAddresses.map((address) => new Untrusted(address)),
      subjectCommonNames: commonNames.map((name) => new Untrusted(name)),
    };
    const issuer = {
      ...parsed(root),
      nameConstraints: { critical: true, permitted: [], excluded: [], ...constraints },
    };
    return violatedName(certificate, issuer, last, allowance(budget));
  };
  const dns = (value: string): Names => ({ alternativeNames: [{ kind: 'dns', value: new Untrusted(value) }] });
  const email = (value: string): Names => ({ alternativeNames: [{ kind: 'email', value: new Untrusted(value) }] });
  const uri = (value: string): Names => ({ alternativeNames: [{ kind: 'uri', value: new Untrusted(value) }] });
  const ip = (value: string): Names => ({ alternativeNames: [{ kind: 'ip', value: new Untrusted(value) }] });
  const network = (address: number[], mask: number[]) =>
    ({ kind: 'ip', address: Uint8Array.from(address), mask: Uint8Array.from(mask) }) as const;

  test.each([
    ['dns', 'nhs.uk', dns('nhs.uk'), true],
    ['dns', 'nhs.uk', dns('A.NHS.UK'), true],
    ['dns', 'nhs.uk', dns('anhs.uk'), false],
    ['dns', '.nhs.uk', dns('a.nhs.uk'), true],
    ['dns', '.nhs.uk', dns('nhs.uk'), false],
    ['dns', '', dns('anything.example'), true],
    ['email', 'nhs.net', email('a@nhs.net'), true],
    ['email', 'nhs.net', email('a@sub.nhs.net'), false],
    ['email', '.nhs.net', email('a@sub.nhs.net'), true],
    ['email', 'a@nhs.net', email('a@nhs.net'), true],
    ['email', 'a@nhs.net', email('b@nhs.net'), false],
    ['uri', 'nhs.uk', uri('https://nhs.uk/x'), true],
    ['uri', 'nhs.uk', uri('https://a.nhs.uk/x'), false],
    ['uri', '.nhs.uk', uri('https://user@a.nhs.uk:8443/x'), true],
    ['uri', '.nhs.uk', uri('https://nhs.uk/x'), false],
    ['uri', 'nhs.uk', uri('HTTPS://NHS.uk./x'), true],
    ['uri', 'nhs.uk', uri('https://nhs.uk:443@evil.example/'), false],
    ['dns', 'nhs.uk', dns('*.nhs.uk'), true],
    ['email', 'a@nhs.net', email('a@NHS.net'), true],
    ['email', 'a@nhs.net', email('A@nhs.net'), false],
    ['email', 'nhs.net', email('"a@b"@nhs.net'), true],
    ['email', '.nhs.net', email('a@nhs.net'), false],
  ] as const)('name constraints: permitted %s %j, name %j: %s (RFC 5280 §4.2.1.10)', (kind, value, name, allowed) => {
    expect(violation({ permitted: [{ kind, value: new Untrusted(value) }] }, name) === undefined).toBe(allowed);
    expect(violation({ excluded: [{ kind, value: new Untrusted(value) }] }, name) === undefined).toBe(!allowed);
  });

  test('name constraints: more names than may be compared are a violation, and as many are none', () => {
    const constraints = { permitted: [{ kind: 'dns', value: new Untrusted('nhs.uk') } as const] };
    const names = {
      alternativeNames: Array.from({ length: 10 }, () => ({ kind: 'dns', value: new Untrusted('a.nhs.uk') }) as const),
    };
    expect(violation(constraints, names, false, 10)).toBeUndefined();
    expect(violation(constraints, names, false, 9)).toContain('10 names are too many');
  });

  test('name constraints: an email address in the subject is constrained as one (RFC 5280 §4.2.1.10)', () => {
    const subject = (...emailAddresses: string[]) => ({ alternativeNames: [], rdns: ['2.5.4.10=nhs'], emailAddresses });
    const permitted = [{ kind: 'email', value: new Untrusted('nhs.net') } as const];
    expect(violation({ permitted }, subject('a+b@nhs.net'))).toBeUndefined();
    expect(violation({ permitted }, subject('a@nhs.net', 'b@nhs.example'))).toContain(
      '“b@nhs.example” is not permitted',
    );
    expect(violation({ excluded: permitted }, subject('a@nhs.net'))).toContain('is excluded');
  });

  test('name constraints: a network holds its own addresses and no other family’s', () => {
    const ten = network([10, 0, 0, 0], [255, 0, 0, 0]);
    expect(violation({ permitted: [ten] }, ip('10.255.0.1'))).toBeUndefined();
    expect(violation({ permitted: [ten] }, ip('11.0.0.1'))).toBe('the ip name “11.0.0.1” is not permitted');
    expect(violation({ permitted: [ten] }, ip('::ffff:10.0.0.1'))).toBeDefined();
    const loopback = network([...Array(15).fill(0), 1], Array(16).fill(255));
    expect(violation({ permitted: [loopback] }, ip('::1'))).toBeUndefined();
    expect(violation({ permitted: [loopback] }, ip('::2'))).toBeDefined();
  });

  test('name constraints: a directory subtree is a prefix of the subject', () => {
    const permitted = [{ kind: 'directory' as const, rdns: ['2.5.4.6=gb', '2.5.4.10=nhs'] }];
    const subject = (...rdns: string[]): Names => ({ alternativeNames: [], rdns });
    expect(violation({ permitted }, subject('2.5.4.6=gb', '2.5.4.10=nhs', '2.5.4.3=x'))).toBeUndefined();
    expect(violation({ permitted }, subject('2.5.4.10=nhs', '2.5.4.6=gb'))).toBe('its subject is not permitted');
    expect(violation({ permitted }, subject('2.5.4.6=gb'))).toBeDefined();
    expect(violation({ permitted }, subject())).toBeUndefined();
  });

  test('name constraints: a common name that is a host name counts where there is no DNS name, on the client only', () => {
    const permitted = [{ kind: 'dns' as const, value: new Untrusted('nhs.uk') }];
    const withCn = (commonName: string, alternativeNames: Certificate['alternativeNames'] = []): Names => ({
      alternativeNames,
      commonNames: [commonName, 'second'],
    });
    expect(violation({ permitted }, withCn('a.example'))).toBeDefined();
    expect(violation({ permitted }, withCn('a.nhs.uk'))).toBeUndefined();
    expect(
      violation({ permitted }, withCn('a.example', [{ kind: 'dns', value: new Untrusted('a.nhs.uk') }])),
    ).toBeUndefined();
    expect(violation({ permitted }, withCn('NHS Root Authority'))).toBeUndefined();
    expect(violation({ permitted }, withCn('a.example'), false)).toBeUndefined();
  });

  const uncompared = ['otherName', 'x400Address', 'ediPartyName', 'registeredId'] as const;
  test.each(uncompared)('name constraints: %s cannot be compared, and is a form of its own', (kind) => {
    const name = { alternativeNames: [{ kind, value: new Untrusted('#00') }] };
    expect(violation({ permitted: [{ kind }] }, name)).toContain('cannot be compared');
    expect(violation({ excluded: [{ kind }] }, name)).toContain('cannot be compared');
    expect(violation({ permitted: [{ kind }], excluded: [{ kind }] }, dns('a.example'))).toBeUndefined();
    for (const other of uncompared.filter((each) => each !== kind))
      expect(violation({ permitted: [{ kind: other }], excluded: [{ kind: other }] }, name)).toBeUndefined();
  });

  test.each(['permitted', 'excluded'] as const)(
    'name constraints: a distance in a %s subtree is refused for its own form (RFC 5280 §4.2.1.10)',
    (list) => {
      const subtree = { kind: 'dns', value: new Untrusted('nhs.uk'), hasDistance: true } as const;
      expect(violation({ [list]: [subtree] }, dns('a.nhs.uk'))).toContain('which is not supported');
      expect(violation({ [list]: [subtree] }, dns('a.example'))).toContain('which is not supported');
      expect(violation({ [list]: [subtree] }, email('a@nhs.uk'))).toBeUndefined();
    },
  );

  test.each([
    ['dns', '', dns('not a host')],
    ['dns', 'nhs.uk', dns('')],
    ['dns', 'nhs.uk', dns('a..nhs.uk')],
    ['dns', '*.nhs.uk', dns('a.nhs.uk')],
    ['email', 'nhs.net', email('nhs.net')],
    ['email', 'nhs.net', email('@nhs.net')],
    ['email', 'nhs.net', email('a@b@nhs.net')],
    ['email', 'nhs.net', email('ä@nhs.net')],
    ['email', 'nhs.net', email('a b@nhs.net')],
    ['email', 'a@b@nhs.net', email('a@nhs.net')],
    ['uri', 'nhs.uk', uri('urn:nhs:x')],
    ['uri', 'nhs.uk', uri('https:///x')],
    ['uri', 'nhs.uk', uri('https://10.0.0.1/')],
    ['uri', 'nhs.uk', uri('https://[::1]:443/')],
    ['uri', 'nhs.uk', uri('https://localhost/')],
    ['uri', 'nhs.uk', uri('https://%6ehs.uk/')],
    ['uri', 'nhs.uk', uri('nhs.uk')],
    ['uri', 'https://nhs.uk', uri('https://nhs.uk/')],
  ] as const)(
    'name constraints: %s %j and a name that cannot be compared with it are refused, permitted or excluded: %j',
    (kind, value, name) => {
      expect(violation({ permitted: [{ kind, value: new Untrusted(value) }] }, name)).toContain('cannot be compared');
      expect(violation({ excluded: [{ kind, value: new Untrusted(value) }] }, name)).toContain('cannot be compared');
    },
  );

  test('name constraints: a malformed name is refused wherever names are constrained, whatever form it has', () => {
    const excluded = [{ kind: 'uri', value: new Untrusted('evil.example') } as const];
    const malformed = (kind: 'ip' | 'dns'): Names => ({
      alternativeNames: [{ kind, value: new Untrusted('ä'), malformed: true }],
    });
    expect(violation({ excluded }, malformed('ip'))).toBe('the ip name “ä” is malformed');
    expect(violation({ excluded }, malformed('dns'))).toBe('the DNS name “ä” is malformed');
    expect(violation({}, dns('a.nhs.uk'))).toBeUndefined();
  });

  test('name constraints: octets that are no address are refused where addresses are constrained', () => {
    const ten = network([10, 0, 0, 0], [255, 0, 0, 0]);
    expect(violation({ excluded: [ten] }, ip('#0a00000001'))).toContain('cannot be compared');
    expect(
      violation({ excluded: [{ kind: 'dns', value: new Untrusted('nhs.uk') }] }, ip('#0a00000001')),
    ).toBeUndefined();
  });

  test('name constraints: an address beyond ASCII is compared by its host, and with a single mailbox not at all (RFC 9598 §6)', () => {
    const international: Names = {
      alternativeNames: [{ kind: 'email', value: new Untrusted('ä@bücher.example'), internationalised: true }],
    };
    const constraint = (value: string) => ({ kind: 'email', value: new Untrusted(value) }) as const;
    expect(violation({ permitted: [constraint('xn--bcher-kva.example')] }, international)).toBeUndefined();
    expect(violation({ excluded: [constraint('xn--bcher-kva.example')] }, international)).toContain('is excluded');
    expect(violation({ excluded: [constraint('nhs.net')] }, international)).toBeUndefined();
    expect(violation({ excluded: [constraint('a@nhs.net')] }, international)).toContain('cannot be compared');
  });

  test('name constraints: directory names in the SAN are compared like the subject, both ways (RFC 5280 §4.2.1.10)', () => {
    const subtree = { kind: 'directory' as const, rdns: ['2.5.4.6=gb', '2.5.4.10=nhs'] };
    const directory = (...rdns: string[]): Names => ({
      alternativeNames: [{ kind: 'directory', value: new Untrusted('O=x'), rdns }],
    });
    expect(violation({ permitted: [subtree] }, directory('2.5.4.6=gb', '2.5.4.10=nhs', '2.5.4.3=x'))).toBeUndefined();
    expect(violation({ permitted: [subtree] }, directory('2.5.4.6=gb', '2.5.4.10=evil'))).toContain('is not permitted');
    expect(violation({ excluded: [subtree] }, directory('2.5.4.6=gb', '2.5.4.10=nhs', '2.5.4.3=x'))).toContain(
      'is excluded',
    );
    expect(violation({ excluded: [subtree] }, directory('2.5.4.6=gb'))).toBeUndefined();
  });
});

test.each([
  ['127.0.0.1', [127, 0, 0, 1]],
  ['255.255.255.256', undefined],
  ['1.2.3', undefined],
  ['::', Array(16).fill(0)],
  ['2001:db8::1', [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1]],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ['1:2:3:4:5:6:7', undefined],
  ['1::2::3', undefined],
  ['1:2:3:4:5:6:7:8::', undefined],
  ['::g', undefined],
])('addresses: %s', (text, octets) => {
  expect(addressOctets(text)).toEqual(octets && Uint8Array.from(octets));
});
