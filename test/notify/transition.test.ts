import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bodyOf, isNews, signatureHeaders } from '../../src/notify/transition.ts';
import { Secret } from '../../src/sources/index.ts';
import { isSettled } from '../../src/status/index.ts';
import { environmentStatus, everyEnvironment, noHandshakeYet, sampleNow } from '../support/status.ts';

const { expired, healthy, unchecked } = everyEnvironment();
const wasWell = { status: 'ok', cause: '', at: sampleNow } as const;

describe('what is news', () => {
  test('a change of status or of its cause, and nothing else', () => {
    expect(isNews(expired, wasWell)).toBe(true);
    expect(isNews(expired, { status: 'critical', cause: 'key_mismatch', at: sampleNow })).toBe(true);
    expect(isNews(expired, { status: 'critical', cause: 'certificate_expired', at: sampleNow })).toBe(false);
    expect(isNews(healthy, { status: 'critical', cause: 'key_mismatch', at: sampleNow })).toBe(true);
  });

  test('that an environment is well which nobody was told about is not', () => {
    expect(isNews(healthy, undefined)).toBe(false);
    expect(isNews(expired, undefined)).toBe(true);
  });

  test('nothing is, before the files were checked and MESH was asked', () => {
    expect(isSettled(unchecked)).toBe(false);
    expect(isSettled(environmentStatus({ handshake: noHandshakeYet }))).toBe(false);
    expect(isSettled(healthy)).toBe(true);
  });
});

describe('the body', () => {
  const body = (format: 'json' | 'teams' | 'slack', status = expired) =>
    JSON.parse(bodyOf({ status, from: wasWell, estate: 'leeds' }, format, sampleNow));

  test('json: the change as data', () => {
    expect(body('json')).toMatchObject({
      version: 1,
      event: 'status_changed',
      time: '2026-03-02T09:30:00Z',
      estate: 'leeds',
      environment: 'expired',
      mailboxId: 'X26ABC1',
      from: 'ok',
      to: 'critical',
      cause: 'certificate_expired',
      daysLeft: -2,
    });
    expect(body('json').id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('the identifier stays the same when it is sent again, and differs for the next change', () => {
    const id = (at: Date, to = expired) =>
      JSON.parse(bodyOf({ status: to, from: { ...wasWell, at } }, 'json', new Date())).id;
    expect(id(sampleNow)).toBe(id(sampleNow));
    expect(id(sampleNow)).not.toBe(id(new Date(0)));
    expect(id(sampleNow)).not.toBe(id(sampleNow, healthy));
  });

  test('teams: an Adaptive Card whose texts no Markdown counts in', () => {
    const [{ content, contentType }] = body('teams').attachments;
    expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(content.body.map(({ type }: { type: string }) => type)).toEqual(Array(4).fill('RichTextBlock'));
    expect(content.body[0].inlines[0]).toMatchObject({ text: 'MESH expired: CRITICAL (was OK)', color: 'Attention' });
  });

  test('a title says what it was only if that was something else', () => {
    const from = { ...wasWell, status: 'critical', cause: 'key_mismatch' } as const;
    expect(JSON.parse(bodyOf({ status: expired, from }, 'slack', sampleNow)).text).toBe('MESH expired: CRITICAL');
    expect(JSON.parse(bodyOf({ status: healthy, from }, 'slack', sampleNow)).text).toMatch(/: OK \(was CRITICAL\)$/);
  });

  test('slack: plain text, in which links and mentions are not read', () => {
    const hostile = environmentStatus({ ...expired, name: '<!channel>', application: '<https://evil.example|x>' });
    const { blocks, text } = body('slack', hostile);
    expect(blocks[0].text.text).toContain('mailbox X26ABC1, expired 2 days ago');
    expect(blocks[0].text.type).toBe('plain_text');
    expect(text).not.toMatch(/[<>&]/);
    expect(blocks[0].text.text.length).toBeLessThan(3000);
  });

  test('no format carries treacherous characters to where people read', () => {
    const hostile = environmentStatus({ ...expired, application: 'x\u202ey\u0007' });
    for (const format of ['json', 'teams', 'slack'] as const) {
      const seen = JSON.stringify(body(format, hostile));
      for (const treacherous of ['\u202e', '\u0007', '\\u0007']) expect(seen).not.toContain(treacherous);
    }
  });
});

test('the signature covers the time and the body', () => {
  const headers = signatureHeaders('{"a":1}', new Secret('planted'), new Date(1_700_000_000_999));
  const mac = createHmac('sha256', 'planted').update('1700000000.{"a":1}').digest('hex');
  expect(headers).toEqual({
    'X-Mesh-Cert-Monitor-Timestamp': '1700000000',
    'X-Mesh-Cert-Monitor-Signature': `sha256=${mac}`,
  });
});
