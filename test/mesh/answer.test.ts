import { expect, test } from 'vitest';
import { failureOfAnswer } from '../../src/mesh/answer.ts';
import { Untrusted } from '../../src/text/index.ts';

const judge = (body: string, more: { status?: number; complete?: boolean; probe?: 'validate' | 'ping' } = {}) =>
  failureOfAnswer(more.probe ?? 'validate', 'x26abc1', {
    status: more.status ?? 200,
    body: new Untrusted(body),
    complete: more.complete ?? true,
  });

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

test('answer: what MESH would say is not believed of a body that was cut', () => {
  expect(judge('', { complete: false })?.reason).toBe('unexpected_response');
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
    judge(`<h1>No\u001b[31m</h1><script>alert(1)</script>\r\n\t‮entry‬ ${'😀'.repeat(500)}`, { status: 403 })?.detail ??
    '';
  expect(detail).toMatch(/^HTTP 403: No\\u\{1b\}\[31m \\u\{202e\}entry\\u\{202c\} 😀+…$/u);
  expect([...detail].length).toBeLessThan(230);
});

test.each([
  ['{"detail":[{"event":"","code":"","msg":"Invalid Authentication Token"}]}', 'Invalid Authentication Token'],
  [
    '{"detail":[{"loc":["header","mex-osname"],"msg":"Field required","input":{"a":1}}]}',
    'header mex-osname: Field required',
  ],
  ['{"detail":[{"msg":"one"},{"msg":"two"}]}', 'one; two'],
  ['{"errorCode":"02","errorDescription":"No mailbox matched"}', 'No mailbox matched'],
  ['{"detail":"other"}', '{"detail":"other"}'],
  ['{"detail":[1,null,{"msg":2}]}', '{"detail":[1,null,{"msg":2}]}'],
  ['["a"]', '["a"]'],
])('answer: of %s the message is %s', (body, message) => {
  expect(judge(body, { status: 403 })?.detail).toBe(`HTTP 403: ${message}`);
});
