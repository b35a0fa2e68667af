import { expect, test } from 'vitest';
import {
  addWorkingDays,
  isTooLateToAsk,
  isWorkingDay,
  lastSafeDay,
  lastWorkingDayBefore,
  workingDaysBetween,
  workingDaysHavePassed,
} from '../../src/time/working-days.ts';

const at = (iso: string) => new Date(iso);
const londonDay = (date: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London' }).format(date);

test.each([
  ['2026-11-23', true, 'a Monday'],
  ['2026-11-27', true, 'a Friday'],
  ['2026-11-28', false, 'a Saturday'],
  ['2026-11-29', false, 'a Sunday'],
  ['2026-04-03', false, 'Good Friday'],
  ['2026-04-06', false, 'Easter Monday'],
  ['2026-04-07', true, 'the day after Easter Monday'],
  ['2026-08-31', false, 'the summer bank holiday'],
  ['2026-08-03', true, 'a bank holiday of Scotland only'],
  ['2026-03-17', true, 'a bank holiday of Northern Ireland only'],
  ['2026-12-28', false, 'the substitute for Boxing Day on a Saturday'],
  ['2027-12-27', false, 'the substitute for Christmas Day on a Saturday'],
  ['2027-12-28', false, 'the substitute for Boxing Day on a Sunday'],
  ['2028-01-03', false, 'the substitute for New Year’s Day on a Saturday'],
  ['2022-06-03', false, 'the Platinum Jubilee, once only'],
  ['2023-05-08', false, 'the coronation, once only'],
])('working days: %s is %s, %s', (day, expected) => {
  expect(isWorkingDay(at(`${day}T12:00:00Z`))).toBe(expected);
});

test('working days: the day is London’s, also when UTC is still on the day before', () => {
  // 23:30 UTC on Sunday 30 August 2026 is 00:30 on the bank holiday; 23:00 UTC on that is Tuesday already.
  expect(isWorkingDay(at('2026-08-30T23:30:00Z'))).toBe(false);
  expect(isWorkingDay(at('2026-08-31T22:59:59Z'))).toBe(false);
  expect(isWorkingDay(at('2026-08-31T23:00:00Z'))).toBe(true);
});

test('working days: five after a Friday end on the next Friday', () => {
  expect(addWorkingDays(at('2026-11-20T10:00:00Z'), 5)).toEqual(at('2026-11-27T00:00:00Z'));
});

test('working days: five over Christmas pass three bank holidays and two weekends', () => {
  expect(londonDay(addWorkingDays(at('2026-12-23T10:00:00Z'), 5))).toBe('2027-01-04');
});

test('working days: the result is midnight in London in summer too', () => {
  expect(addWorkingDays(at('2026-07-01T10:00:00Z'), 1)).toEqual(at('2026-07-01T23:00:00Z'));
});

test('working days: between two days neither end counts', () => {
  expect(workingDaysBetween(at('2026-11-23T00:00:00Z'), at('2026-11-30T23:59:59Z'))).toBe(4);
  expect(workingDaysBetween(at('2026-11-23T23:59:59Z'), at('2026-12-01T00:00:00Z'))).toBe(5);
  expect(workingDaysBetween(at('2026-11-27T12:00:00Z'), at('2026-11-30T12:00:00Z'))).toBe(0);
  expect(workingDaysBetween(at('2026-11-30T12:00:00Z'), at('2026-11-23T12:00:00Z'))).toBe(0);
});

test('working days: the last safe day leaves the desk five whole ones before the day of expiry', () => {
  // 22, 23, 24, 29 and 30 December; 25 and 28 are bank holidays.
  const notAfter = at('2026-12-31T09:00:00Z');
  expect(lastSafeDay(notAfter, 5)).toEqual(at('2026-12-21T00:00:00Z'));
  expect(workingDaysBetween(lastSafeDay(notAfter, 5), notAfter)).toBe(5);
  expect(workingDaysBetween(at('2026-12-22T00:00:00Z'), notAfter)).toBe(4);
});

test('working days: the last safe day is a working day, and on the weekend after it there is still time', () => {
  // Monday to Friday, 23 to 27 November, are the desk's: the 21st and the 22nd are a weekend.
  const notAfter = at('2026-11-28T09:00:00Z');
  expect(londonDay(lastSafeDay(notAfter, 5))).toBe('2026-11-20');
  expect(isTooLateToAsk(notAfter, 5, at('2026-11-22T12:00:00Z'))).toBe(false);
  expect(isTooLateToAsk(notAfter, 5, at('2026-11-23T00:00:00Z'))).toBe(true);
});

test('working days: it is too late to ask from the midnight in London after the last safe day', () => {
  const notAfter = at('2026-07-31T09:00:00Z');
  expect(lastSafeDay(notAfter, 5)).toEqual(at('2026-07-22T23:00:00Z'));
  expect(isTooLateToAsk(notAfter, 5, at('2026-07-23T22:59:59Z'))).toBe(false);
  expect(isTooLateToAsk(notAfter, 5, at('2026-07-23T23:00:00Z'))).toBe(true);
  expect(isTooLateToAsk(notAfter, 5, at('2026-08-15T00:00:00Z'))).toBe(true);
});

test('working days: five have passed once the fifth is over', () => {
  const asked = at('2026-11-20T16:00:00Z');
  expect(workingDaysHavePassed(asked, 5, at('2026-11-27T23:59:59Z'))).toBe(false);
  expect(workingDaysHavePassed(asked, 5, at('2026-11-28T00:00:00Z'))).toBe(true);
  expect(workingDaysHavePassed(asked, 5, at('2026-11-01T00:00:00Z'))).toBe(false);
});

test('working days: the new certificate is needed by the last working day before the expiry', () => {
  expect(lastWorkingDayBefore(at('2026-12-29T09:00:00Z'))).toEqual(at('2026-12-24T00:00:00Z'));
  expect(lastWorkingDayBefore(at('2026-11-26T09:00:00Z'))).toEqual(at('2026-11-25T00:00:00Z'));
});

test('working days: the certificate without an end of RFC 5280 §4.1.2.5 has a last safe day too', () => {
  expect(lastSafeDay(at('9999-12-31T23:59:59Z'), 5).getUTCFullYear()).toBe(9999);
});
