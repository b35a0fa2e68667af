/** Whoever makes a certificate chooses its names. DER with the worst of names, through the real parser and onto every page. */
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tlv } from '../../src/demo/der.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { escaped, say, Untrusted } from '../../src/text/index.ts';
import { MalformedCertificateError } from '../../src/x509/certificate.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import {
  environmentStatus,
  estateOf,
  handshakeStatusOf,
  sampleAssessment,
  sampleFailedHandshake,
  sampleFinding,
  sampleNow,
} from '../support/status.ts';
import { recordsOf, type Served, sampleRecord, servePages } from '../support/web/pages.ts';
import { cn, name as distinguishedName, o, raw, rdn } from '../support/x509/raw.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8');
/** Common names as octets of an UTF8String. */
const names: Readonly<Record<string, Buffer>> = {
  markup: utf8('</title></bdi></script><script>alert("1")</script><img src=x onerror=alert(2)>'),
  attribute: utf8(`" onmouseover="alert(1)" style="position:fixed" x='`),
  entity: utf8('&lt;script&gt;alert(3)&#x3c;/script&#x3e;'),
  'right-to-left': utf8('safe\u202Egnp.exe\u2066\u2069\u200F'),
  hebrew: utf8('שלום.x26.api.mesh-client.nhs.uk'),
  nul: utf8('good.nhs.uk\u0000.evil.example'),
  lines: utf8('a\r\nEND:VEVENT\r\nATTACH:https://evil.example\r\nSet-Cookie: a=b\u2028\u2029'),
  // As long as an attribute may be.
  long: utf8('ä'.repeat(2_000)),
  empty: utf8(''),
  // A cut-off sequence, an overlong slash, a surrogate, and an octet that begins nothing.
  'not-utf-8': Buffer.from([0x61, 0xc3, 0x28, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xff, 0x3c, 0x62, 0x3e]),
};

function environmentNamed(name: string, octets: Buffer): EnvironmentStatus {
  // What is no UTF-8 is no UTF8String (the parser refuses it), but TeletexString takes any octet.
  const value = tlv(name === 'not-utf-8' ? 0x14 : 0x0c, octets);
  const subject = distinguishedName(rdn(o(value)), rdn(cn(value)));
  const certificate = parseCertificate(raw({ subject, issuer: subject }));
  const quoted = octets.toString('utf8');
  return environmentStatus({
    name,
    application: quoted,
    assessment: sampleAssessment({
      certificates: (['client', 'root'] as const).map((role) => ({ role, onPath: true, certificate })),
      findings: [sampleFinding('certificate_expired', `The certificate ${quoted} expired.`, { subject: quoted })],
    }),
    handshake: handshakeStatusOf(
      sampleFailedHandshake('unexpected_response', {
        detail: say`The server said ${quoted}.`,
        serverCertificates: [certificate],
      }),
    ),
    renewal: {
      state: 'failed',
      reason: say`refused: ${quoted}`,
      dueAt: sampleNow,
      lastSafeDay: sampleNow,
      record: recordNamed(name, quoted),
    },
  });
}

const recordNamed = (name: string, quoted: string) =>
  sampleRecord(name, 'failed', {
    commonName: new Untrusted(quoted),
    lastError: escaped(quoted),
    transitions: [{ state: 'failed', at: sampleNow, reason: escaped(quoted) }],
  });

test('octets that are no UTF-8 are refused where UTF-8 is promised', () => {
  const subject = distinguishedName(rdn(cn(tlv(0x0c, names['not-utf-8']!))));
  expect(() => parseCertificate(raw({ subject }))).toThrow(MalformedCertificateError);
});

let served: Served;
beforeAll(async () => {
  const environments = Object.entries(names).map(([name, octets]) => environmentNamed(name, octets));
  served = await servePages({
    estate: () => estateOf(environments),
    renewals: () => recordsOf(environments.flatMap(({ renewal }) => renewal.record ?? [])),
    renewalFiles: async ({ environment }) => {
      const text = names[environment]!.toString('utf8');
      return { message: { headers: [{ name: text, value: text }], text, attachments: [text] } };
    },
  });
});
afterAll(() => served.close());

/** Written by nobody but us: of all that a page may contain, only these. */
const ourElements =
  /^(!doctype|html|head|meta|title|link|script|body|a|header|div|p|span|nav|ul|ol|li|main|svg|circle|path|rect|h[1-3]|table|caption|thead|tbody|tr|th|td|bdi|strong|time|section|details|summary|code|dl|dt|dd|article|figure|figcaption|footer|button|pre|search|form|label|input)$/;

describe.each(Object.keys(names))('a certificate named by %s', (name) => {
  test.each(['/', `/environments/${name}`, '/renewals', `/renewals/${name}`])('is harmless on %s', async (path) => {
    const response = await served.get(path);
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page.match(/<script\b/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|<[a-z][^>]*\s(on[a-z]+|style)=/i);
    for (const [, element] of page.matchAll(/<([!a-z][a-z0-9]*)/gi))
      expect(element?.toLowerCase()).toMatch(ourElements);
    // Nothing that turns text round, hides it or ends it; a line end does nothing in HTML.
    expect(page).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/,
    );
  });

  test('is harmless in the API', async () => {
    const response = await served.get(`/api/v1/environments/${name}`);
    const { certificates } = (await response.json()) as { certificates: { subject: string }[] };
    expect(certificates).toHaveLength(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
    for (const { subject } of certificates) expect(subject).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2028\u2029]/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test('the calendar of them all holds three events each, and nothing else', async () => {
  const text = await (await served.get('/calendar.ics')).text();
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  expect(events).toHaveLength(3 * Object.keys(names).length);
  expect(text).not.toMatch(/^ATTACH/m);
});

test('the overview stays small, whatever the length of the names', async () => {
  expect((await (await served.get('/')).text()).length).toBeLessThan(40_000);
});

test('no answer has taken on a header that a name wrote', async () => {
  for (const name of Object.keys(names))
    expect((await served.get(`/environments/${name}`)).headers.get('set-cookie')).toBeNull();
});
