import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import type { RenewalRecord, RenewalState } from '../../src/renewal/index.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { say } from '../../src/text/index.ts';
import { calendar, fold } from '../../src/web/calendar.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  everyEnvironment,
  hostileSubject,
  sampleChain,
  sampleNow,
} from '../support/status.ts';
import { richEnvironments, sampleRecord, servePages } from '../support/web/pages.ts';
import { hasIcalPackage, hasLibical, icalPackageReads, libicalErrors } from '../support/web/validators.ts';

const textOf = (...feed: Parameters<typeof calendar>) => [...calendar(...feed)].join('');

/** By another implementation of RFC 5545. */
function eventsOf(text: string) {
  const feed = new ICAL.Component(ICAL.parse(text));
  return feed.getAllSubcomponents('vevent').map((each) => ({ component: each, event: new ICAL.Event(each) }));
}

const renewing = (more: Partial<EnvironmentStatus> = {}) => {
  const base = environmentStatus(more);
  return {
    ...base,
    renewal: {
      ...base.renewal,
      // A Sunday night in UTC that is Monday in London already: summer time.
      dueAt: new Date('2026-06-07T23:30:00Z'),
      lastSafeDay: new Date('2026-12-13T00:00:00Z'),
    },
  };
};

describe('the calendar', () => {
  test('has one event each for the planned request, the last safe day and the expiry', async () => {
    const events = eventsOf(textOf([renewing()], sampleNow)).map(({ event }) => ({
      summary: event.summary,
      start: event.startDate.toString(),
    }));
    expect(events).toEqual([
      { summary: 'Mavis: Request for the next MESH certificate for integration goes out', start: '2026-06-08' },
      { summary: 'Mavis: Last safe day to request the next MESH certificate for integration', start: '2026-12-13' },
      { summary: 'Mavis: MESH certificate for integration expires', start: '2026-12-22T09:30:00Z' },
    ]);
  });

  const asked = (more: Partial<RenewalRecord> = {}, state: RenewalState = 'requested') => {
    const base = renewing();
    // A Tuesday.
    const requestedAt = new Date('2026-06-09T08:00:00Z');
    const record = sampleRecord('integration', state, { requestedAt, delivery: 'sent', ...more });
    return {
      ...base,
      renewal: { ...base.renewal, state, reason: say`the request was sent to the desk`, requestedAt, record },
    };
  };
  const summaries = (status: EnvironmentStatus) =>
    eventsOf(textOf([status], sampleNow)).map(({ event }) => [
      event.uid.split('.')[0],
      event.summary.replace('Mavis: ', ''),
      event.startDate.toString(),
    ]);

  test('once the request has gone, says when it went and when the answer is due', () => {
    const [request, , answer] = summaries(asked());
    expect(request).toEqual(['request', 'Next MESH certificate for integration requested', '2026-06-09']);
    // Five working days later.
    expect(answer).toEqual(['answer', 'Answer of the certificate desk for integration due', '2026-06-16']);
  });

  test('a draft has not gone: it waits for somebody, and no answer is due', () => {
    const events = summaries(asked({ delivery: 'drafted' }));
    expect(events[0]).toEqual([
      'request',
      'Request for the next MESH certificate for integration waits for you to send it',
      '2026-06-09',
    ]);
    expect(events.map(([kind]) => kind)).not.toContain('answer');
  });

  test.each(['issued', 'deployed'] as const)('once it is %s, no answer is due any more', (state) => {
    const events = summaries(asked({}, state));
    expect(events.map(([kind]) => kind)).toEqual(['request', 'last-safe-day', 'expiry']);
    expect(events[0]?.[1]).toBe('Next MESH certificate for integration requested');
  });

  test('an event keeps its identity when the request has gone', () => {
    const uids = (status: EnvironmentStatus) => eventsOf(textOf([status], sampleNow)).map(({ event }) => event.uid);
    expect(uids(asked())).toEqual(expect.arrayContaining(uids(renewing())));
  });

  test('SEQUENCE grows with the renewal, and LAST-MODIFIED says when it changed', () => {
    const versions = [renewing(), asked(), asked({}, 'issued')].map((status) =>
      eventsOf(textOf([status], sampleNow)).map(({ component }) => ({
        sequence: Number(component.getFirstPropertyValue('sequence')),
        modified: String(component.getFirstPropertyValue('last-modified')),
      })),
    );
    const [before, sent, issued] = versions.map((events) => events[0]!);
    expect([before!.sequence, sent!.sequence, issued!.sequence]).toEqual([0, 4, 5]);
    // When the certificate became valid; the transitions of the samples are a day apart, the last one yesterday.
    expect(before!.modified).toBe('2023-12-23T09:30:00Z');
    expect(issued!.modified).toBe('2026-03-01T09:30:00Z');
  });

  test('an event never says that it was changed in the future', () => {
    const { transitions } = sampleRecord('integration', 'requested');
    const late = transitions.map((each) => ({ ...each, at: daysFromSampleNow(3) }));
    for (const { component } of eventsOf(textOf([asked({ transitions: late })], sampleNow)))
      expect(String(component.getFirstPropertyValue('last-modified')) <= '2026-03-02T09:30:00Z').toBe(true);
  });

  test('rings on the morning of the last safe day, until the request has gone', () => {
    const alarms = (status: EnvironmentStatus) =>
      eventsOf(textOf([status], sampleNow)).flatMap(({ component, event }) =>
        component
          .getAllSubcomponents('valarm')
          .map((alarm) => [event.uid.split('.')[0], String(alarm.getFirstPropertyValue('trigger'))]),
      );
    expect(alarms(renewing())).toEqual([
      ['last-safe-day', 'PT9H'],
      ['expiry', '-P14D'],
    ]);
    expect(alarms(asked({ delivery: 'drafted' }))).toHaveLength(2);
    expect(alarms(asked())).toEqual([['expiry', '-P14D']]);
  });

  test('rings by the beginning of an event, not by its end', () => {
    expect(textOf([renewing()], sampleNow).match(/TRIGGER[^:]*/g)).toEqual([
      'TRIGGER;RELATED=START',
      'TRIGGER;RELATED=START',
    ]);
  });

  test('says in itself how it was published, and ends with a line end', () => {
    const text = textOf([renewing()], sampleNow);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*\r\nMETHOD:PUBLISH\r\n[\s\S]*END:VCALENDAR\r\n$/);
  });

  const everything = () =>
    textOf(
      [
        ...richEnvironments(),
        renewing({ name: 'x'.repeat(63), application: 'ä'.repeat(200) }),
        asked(),
        asked({ delivery: 'drafted' }),
        asked({}, 'uncertain'),
      ].map((status, index) => ({ ...status, name: `${status.name}-${index}` })),
      sampleNow,
    );

  test('the feed of every state reads like this', async () => {
    const own = [renewing(), asked(), asked({ delivery: 'drafted' }), asked({}, 'issued')];
    await expect(textOf(own, sampleNow).replaceAll('\r\n', '\n')).toMatchFileSnapshot('golden/calendar.ics');
  });

  test.skipIf(!hasLibical())('passes libical’s restriction check', () => {
    expect(libicalErrors(everything())).toBe('');
    const broken = everything()
      .replace(/\r\nDTSTAMP:[^\r]*/, '')
      .replace('METHOD:PUBLISH', 'METHOD:CANCEL');
    expect(libicalErrors(broken)).toMatch(/DTSTAMP|STATUS/);
  });

  test.skipIf(!hasIcalPackage())('passes an independent validator, which reads every event', () => {
    const text = everything();
    const count = text.match(/BEGIN:VEVENT/g)?.length;
    expect(icalPackageReads(text)).toBe(`${count} events\n`);
    const broken = text.replace(/\r\nDTSTART[^\r]*/, '\r\nDTSTART:yesterday');
    expect(icalPackageReads(broken)).toMatch(/^not valid/);
  });

  test('rings a fortnight before the expiry', async () => {
    const expiry = eventsOf(textOf([renewing()], sampleNow)).at(-1)!;
    const [alarm] = expiry.component.getAllSubcomponents('valarm');
    expect(alarm?.getFirstPropertyValue('action')).toBe('DISPLAY');
    expect(String(alarm?.getFirstPropertyValue('trigger'))).toBe('-P14D');
  });

  test('gives an event the same identity at every fetch, and the moment of the fetch as its stamp', async () => {
    const [first, second] = await Promise.all(
      [sampleNow, daysFromSampleNow(30)].map(async (now) => eventsOf(textOf([renewing()], now))),
    );
    expect(first!.map(({ event }) => event.uid)).toEqual(second!.map(({ event }) => event.uid));
    expect(new Set(first!.map(({ event }) => event.uid)).size).toBe(3);
    expect(String(first![0]!.component.getFirstPropertyValue('dtstamp'))).toBe('2026-03-02T09:30:00Z');
    expect(String(second![0]!.component.getFirstPropertyValue('dtstamp'))).toBe('2026-04-01T09:30:00Z');
  });

  test('gives another certificate’s events another identity', async () => {
    const uids = async (status: EnvironmentStatus) =>
      eventsOf(textOf([status], sampleNow)).map(({ event }) => event.uid);
    const renewed = environmentStatus({ certificates: sampleChain({ serial: '0B' }) });
    const before = await uids(environmentStatus());
    expect((await uids(renewed)).filter((uid) => before.includes(uid))).toEqual([]);
  });

  test('leaves out what has no credential, and what has not been read yet', async () => {
    const { sandbox, unchecked } = everyEnvironment();
    expect(eventsOf(textOf([sandbox, { ...unchecked, certificates: [] }], sampleNow))).toEqual([]);
  });

  test('keeps the dates of a certificate whose file has gone bad', async () => {
    expect(eventsOf(textOf([everyEnvironment().unreadable], sampleNow))).not.toEqual([]);
  });

  test('is written as RFC 5545 has it: CRLF, and no line longer than 75 octets', async () => {
    const text = textOf(
      [...richEnvironments(), renewing({ name: 'x'.repeat(63), application: 'ä'.repeat(200) })],
      sampleNow,
    );
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(() => ICAL.parse(text)).not.toThrow();
  });

  test.each([
    ['x'.repeat(75), 1],
    ['x'.repeat(76), 2],
    [`${'x'.repeat(74)}ä`, 2],
    ['ä'.repeat(37), 1],
    ['😀'.repeat(40), 3],
  ])('folds %s where RFC 5545 §3.1 says, and no character in two', (line, lines) => {
    const folded = fold(`${line}\r\n`);
    expect(folded.split('\r\n')).toHaveLength(lines + 1);
    for (const each of folded.split('\r\n')) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(75);
    expect(folded.replaceAll('\r\n ', '')).toBe(`${line}\r\n`);
  });

  test('lets no text of others begin a line, an event or an attachment of its own', async () => {
    const evil = `x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:https://evil.example\r\n;,:"\\ ${hostileSubject}`;
    const text = textOf([renewing({ application: evil, mailboxId: evil })], sampleNow);
    const events = eventsOf(text);
    expect(events).toHaveLength(3);
    expect(text).not.toMatch(/^ATTACH/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
    for (const { component } of events)
      expect(component.getAllProperties().map(({ name }) => name)).not.toContain('attach');
  });
});

describe('/calendar.ics', () => {
  test('is a calendar by its type, and never cached', async () => {
    const served = await servePages();
    const response = await served.get('/calendar.ics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=PUBLISH');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(eventsOf(await response.text()).length).toBeGreaterThan(20);
    expect((await served.get('/calendar.ics', { method: 'POST' })).status).toBe(405);
    await served.close();
  });

  test('of thousands lets other requests have their turn', async () => {
    const large = estateOf([...Array(3000).keys()].map((each) => environmentStatus({ name: `environment-${each}` })));
    const served = await servePages({ estate: () => large });
    const answered: string[] = [];
    const feed = served
      .get('/calendar.ics')
      .then((response) => response.text())
      .then(() => answered.push('calendar'));
    await served.get('/health/live').then(() => answered.push('live'));
    await feed;
    expect(answered).toEqual(['live', 'calendar']);
    await served.close();
  });
});
