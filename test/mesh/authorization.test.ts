import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { authorizationToken } from '../../src/mesh/http/authorization.ts';
import { Secret } from '../../src/sources/secret.ts';

const inputs = {
  mailboxId: 'X26ABC1',
  password: new Secret('password'),
  sharedKey: new Secret('TestKey'),
  nonce: '2c001608-5f09-4840-9611-bea43e666a30',
  nonceCount: 0,
  now: new Date('2026-01-02T03:04:05Z'),
};

// Made with AuthTokenGenerator of NHS England's mesh-client 5.0.2 for Python, its clock and nonce set to these.
test.each([
  {
    ...inputs,
    token:
      'NHSMESH X26ABC1:2c001608-5f09-4840-9611-bea43e666a30:0:202601020304:e56bde157008a44f3c14cc33fbe2c9ca1d2aa300003b18a66780bf82a95175fe',
  },
  {
    ...inputs,
    nonceCount: 1,
    token:
      'NHSMESH X26ABC1:2c001608-5f09-4840-9611-bea43e666a30:1:202601020304:3593272f7feb045b77c10105aacc9d8b4d707b882d15f6a4e664a87f6c9f6131',
  },
  {
    ...inputs,
    mailboxId: 'X26HC999',
    password: new Secret('p:a ss&w0rd'),
    sharedKey: new Secret('Sh4red~Key/£'),
    nonce: '00000000-0000-4000-8000-000000000001',
    token:
      'NHSMESH X26HC999:00000000-0000-4000-8000-000000000001:0:202601020304:a511f9e973ac9e7e08e60b60d158f98e4b4c7aa26fc39529364aaf3a0a236f2e',
  },
])(
  'authorization: makes the token of NHS England’s own client for $mailboxId, count $nonceCount',
  ({ token, ...given }) => {
    expect(authorizationToken(given).reveal()).toBe(token);
  },
);

test('authorization: the hash is the HMAC-SHA256 under the shared key, in the specification’s order', () => {
  const hash = createHmac('sha256', 'TestKey')
    .update('X26ABC1:2c001608-5f09-4840-9611-bea43e666a30:0:password:202601020304')
    .digest('hex');
  expect(authorizationToken(inputs).reveal().split(':').at(-1)).toBe(hash);
});

test.each([
  ['2026-01-02T03:04:59.999Z', '202601020304'],
  ['2026-01-02T03:05:00.000Z', '202601020305'],
  ['2026-06-30T23:59:59.999Z', '202606302359'],
  ['2026-07-01T00:00:00.000Z', '202607010000'],
])('authorization: the timestamp of %s is %s, in UTC', (now, timestamp) => {
  expect(
    authorizationToken({ ...inputs, now: new Date(now) })
      .reveal()
      .split(':')[3],
  ).toBe(timestamp);
});

test('authorization: every input changes the hash', () => {
  const hashOf = (change: object) =>
    authorizationToken({ ...inputs, ...change })
      .reveal()
      .split(':')
      .at(-1);
  const changes = [
    {},
    { mailboxId: 'X26ABC2' },
    { password: new Secret('passwore') },
    { sharedKey: new Secret('TestKez') },
    { nonce: 'other' },
    { nonceCount: 1 },
    { now: new Date('2026-01-02T03:05:05Z') },
  ];
  expect(new Set(changes.map(hashOf)).size).toBe(changes.length);
});

test('authorization: the token cannot print itself and contains neither password nor shared key', () => {
  const token = authorizationToken(inputs);
  expect(`${token} ${JSON.stringify({ token })}`).not.toContain('NHSMESH');
  expect(token.reveal()).not.toContain('password');
  expect(token.reveal()).not.toContain('TestKey');
});
