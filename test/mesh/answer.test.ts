import { beforeAll, describe, expect, test } from 'vitest';
import { failureOfAnswer } from '../../src/mesh/diagnosis/answer.ts';
import type { ClientFacts } from '../../src/mesh/diagnosis/client.ts';
import { Untrusted } from '../../src/text/index.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { ca, date, leaf } from '../support/pki.ts';

const now = date('2030-01-01');
let client: ClientFacts;
const clientUntil = async (notAfter: string): Promise<ClientFacts> => ({
  certificate: parseCertificate((await leaf({ issuer: await ca({ cn: 'Test SubCA' }), notAfter: date(notAfter) })).der),
  issuers: [],
});
beforeAll(async () => {
  client = await clientUntil('2031-01-01');
});
type More = { status?: number; fault?: string; probe?: 'validate' | 'ping'; retryAfterSeconds?: number };
const judge = (body: string, { probe = 'validate', status = 200, ...more }: More = {}) =>
  failureOfAnswer({ probe, mailboxId: 'x26abc1', now, client }, { status, body: new Untrusted(body), ...more });

test.each(['', '{"mailboxId":"X26ABC1"}', '{"mailboxId":"x26abc1","other":1}'])(
  'answer: 200 with %j is MESH’s own',
  (body) => {
    expect(judge(body)).toBeUndefined();
  },
);

test.each([
  ' ',
  'OK',
  '{}',
  '[]',
  'null',
  '{"mailboxId":"X26ABC2"}',
  '{"mailboxId":1}',
  '{"status":"running"}',
  '<html></html>',
])('answer: 200 with %j is not MESH’s', (body) => {
  expect(judge(body)?.reason).toBe('unexpected_response');
});

test('answer: a body that was cut off is never MESH’s answer', () => {
  expect(judge('', { fault: 'with a body that does not end' })?.reason).toBe('unexpected_response');
});

test.each([
  ['{"status":"running"}', undefined],
  ['{"status":"running","outcome":"Yes"}', undefined],
  ['', 'unexpected_response'],
  ['{"status":"Running"}', 'unexpected_response'],
  ['running', 'unexpected_response'],
])('answer: a ping that says %j is %s', (body, reason) => {
  expect(judge(body, { probe: 'ping' })?.reason).toBe(reason);
});

test.each([
  [400, 'bad_request'],
  [401, 'unexpected_response'],
  [403, 'authentication_failed'],
  [404, 'mailbox_unknown'],
  [417, 'unexpected_response'],
  [425, 'rate_limited'],
  [429, 'rate_limited'],
  [499, 'unexpected_response'],
  [500, 'server_error'],
  [599, 'server_error'],
  [600, 'unexpected_response'],
  [201, 'unexpected_response'],
  [301, 'unexpected_response'],
])('answer: %d is %s', (status, reason) => {
  expect(judge('', { status })?.reason).toBe(reason);
});

test('answer: a 400 says that it may be the client certificate', () => {
  expect(judge('', { status: 400 })?.detail).toContain('client certificate');
});

test('answer: what a server wrote is quoted without markup, escaped, and not at length', () => {
  const detail =
    judge(`<h1>No\u001b[31m</h1><script>alert(1)</script>\r\n\t‮entry‬ ${'😀'.repeat(500)}`, { status: 500 })?.detail ??
    '';
  expect(detail).toMatch(/^HTTP 500: No\\u\{1b\}\[31m \\u\{202e\}entry\\u\{202c\} 😀+…$/u);
  expect([...detail].length).toBeLessThan(230);
});

test.each([
  ['{"detail":[{"event":"","code":"","msg":"Invalid Authentication Token"}]}', 'Invalid Authentication Token'],
  [
    '{"detail":[{"loc":["header","mex-osname"],"msg":"Field required","input":{"a":1}}]}',
    'header mex-osname: Field required',
  ],
  ['{"detail":[{"msg":"one"},{"msg":"two"}]}', 'one; two'],
  ['{"errorCode":"EPL-151","errorDescription":"No mailbox matched"}', 'EPL-151: No mailbox matched'],
  ['{"errorCode":"","errorDescription":"No mailbox matched"}', 'No mailbox matched'],
  ['{"detail":[{"event":"","code":"EPL-152","msg":"No mailbox matched"}]}', 'EPL-152: No mailbox matched'],
  ['{"detail":[{"code":"02","msg":"one"},{"code":3,"msg":"two"}]}', '02: one; two'],
  ['{"errorCode":"02","message":"Forbidden"}', '{"errorCode":"02","message":"Forbidden"}'],
  ['{"detail":"other"}', '{"detail":"other"}'],
  ['{"detail":[1,null,{"msg":2}]}', '{"detail":[1,null,{"msg":2}]}'],
  ['["a"]', '["a"]'],
])('answer: the message in %s is %s', (body, message) => {
  expect(judge(body, { status: 500 })?.detail).toBe(`HTTP 500: ${message}`);
});

test.each([
  ['Found. Redirecting to https://user:pw@login.example/a?SAMLRequest=abc#frag now', 'https://login.example/a?… now'],
  ['Found. Redirecting to /login?token=abc', '/login?…'],
  ['Found. Redirecting to https://login.example?token=abc', 'https://login.example?…'],
  ['Found. Redirecting to https://login.example/#token=abc', 'https://login.example/?…'],
  ['Why? No reason. /etc #1', 'Why? No reason. /etc #1'],
])('answer: of a URL in %j no user, query or fragment is quoted', (body, quoted) => {
  expect(judge(body, { status: 302 })?.detail).toBe(`HTTP 302: ${body.replace(/(?<=to )\S.*/, quoted)}`);
});

test('answer: 511 comes from a portal, and MESH is not blamed', () => {
  const { detail, reason, remedy } = judge('<a href="/login">Sign in</a>', { status: 511 }) ?? {};
  expect([reason, detail]).toEqual([
    'server_error',
    'HTTP 511: something in front of MESH wants somebody to sign in to the network: Sign in',
  ]);
  expect(remedy).toMatch(/^Ask the network team to let this machine through/);
});

describe('a 403', () => {
  const mesh = '{"detail":[{"event":"","code":"","msg":"Invalid Authentication Token"}]}';
  const gateway =
    '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr>nginx</body></html>';
  const password = /password|shared key/i;

  test('answer: from MESH, in its own format, is about the authorization', () => {
    expect(judge(mesh, { status: 403 })).toEqual({
      reason: 'authentication_failed',
      detail: 'HTTP 403: Invalid Authentication Token',
    });
    expect(judge('{"errorDescription":"No mailbox matched"}', { status: 403 })?.reason).toBe('authentication_failed');
  });

  test.each([gateway, '{"message":"Forbidden"}', 'no'])(
    'answer: from a gateway is not about the authorization: %j',
    (body) => {
      const found = judge(body, { status: 403 });
      expect(found?.reason).toBe('unexpected_response');
      expect(found?.detail).toMatch(/^HTTP 403 from something in front of MESH, not from MESH itself: /);
      expect(found?.remedy).not.toMatch(password);
    },
  );

  test.each(['', gateway, mesh])(
    'answer: to a ping has nothing to do with a password, whoever sends it: %j',
    (body) => {
      const found = judge(body, { status: 403, probe: 'ping' });
      expect(found?.reason).toBe('unexpected_response');
      expect(`${found?.detail} ${found?.remedy}`).not.toMatch(password);
    },
  );
});

describe('a web server that checks the client certificate after the TLS handshake', () => {
  const apache =
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"><html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1><p>You don\'t have permission to access this resource.Reason: Cannot perform Post-Handshake Authentication.<br /></p></body></html>';
  test.each([
    [apache, 403, 'client_certificate_required', /post-handshake authentication/, /^Set `mesh\.tls_max: "1\.2"`/],
    [
      '',
      495,
      'client_certificate_rejected',
      /does not accept our client certificate \(HTTP 495\)/,
      /issued for this environment/,
    ],
    ['', 496, 'client_certificate_required', /received no client certificate \(HTTP 496\)/, /TLS is inspected/],
    [
      '403.7 - Forbidden: SSL client certificate is required',
      403,
      'client_certificate_required',
      /403\.7/,
      /TLS is inspected/,
    ],
    ['HTTP Error 403.16 - Forbidden', 403, 'client_certificate_rejected', /403\.16/, /issued for this environment/],
    [
      'Client certificate expired',
      403,
      'client_certificate_rejected',
      /does not accept/,
      /issued for this environment/,
    ],
    [
      'A client certificate is required',
      401,
      'client_certificate_required',
      /received no client certificate/,
      /TLS is inspected/,
    ],
  ])('answer: %j with %d', (body, status, reason, detail, remedy) => {
    const found = judge(body, { status });
    expect(found?.reason).toBe(reason);
    expect(found?.detail).toMatch(detail);
    expect(found?.remedy).toMatch(remedy);
    expect(found?.remedy).not.toMatch(/password/);
  });

  test('answer: nginx’s 400 is a bad_request, and says whether the certificate was missing or refused', () => {
    const page = (text: string) =>
      `<html><head><title>400 ${text}</title></head><body><center>${text}</center></body></html>`;
    const sent = judge(page('No required SSL certificate was sent'), { status: 400 });
    expect([sent?.reason, sent?.detail]).toEqual([
      'bad_request',
      expect.stringMatching(/^the web server received no client certificate/),
    ]);
    const refused = judge(page('The SSL certificate error'), { status: 400 });
    expect([refused?.reason, refused?.detail]).toEqual([
      'bad_request',
      expect.stringMatching(/^the web server does not accept our/),
    ]);
  });

  test('answer: our own dates are given as the cause if they explain it', async () => {
    const asked = { probe: 'validate', mailboxId: 'x26abc1', now, client: await clientUntil('2029-12-31') } as const;
    const found = failureOfAnswer(asked, {
      status: 400,
      body: new Untrusted('<h1>400 The SSL certificate error</h1>'),
    });
    expect(found).toEqual({
      reason: 'bad_request',
      detail:
        'our certificate expired on 2029-12-31; the web server does not accept our client certificate (HTTP 400: “The SSL certificate error”)',
      remedy: expect.stringMatching(/^Renew/),
    });
  });

  test('answer: if no certificate is configured the remedy is to configure one', () => {
    const body = new Untrusted('No required SSL certificate was sent');
    const found = failureOfAnswer({ probe: 'validate', mailboxId: 'x26abc1', now }, { status: 400, body });
    expect(found?.remedy).toMatch(/^Configure `credential`/);
  });

  test('answer: MESH’s own errors are never taken for such a page', () => {
    expect(judge('{"detail":[{"msg":"client certificate required"}]}', { status: 403 })?.reason).toBe(
      'authentication_failed',
    );
  });
});

test('answer: a 400 from MESH about a missing header does not blame the certificate', () => {
  const found = judge('{"detail":[{"loc":["header","mex-osname"],"msg":"Field required"}]}', { status: 400 });
  expect(found?.reason).toBe('bad_request');
  expect(`${found?.detail} ${found?.remedy}`).not.toContain('certificate');
});

test('answer: a 429 says how long to wait', () => {
  expect(judge('', { status: 429, retryAfterSeconds: 600 })?.detail).toBe(
    'HTTP 429, with a request to wait 600 seconds',
  );
});
