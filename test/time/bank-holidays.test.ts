import { expect, test } from 'vitest';
import { bankHolidays } from '../../src/time/bank-holidays.ts';
import { addWorkingDays, isWorkingDay, lastSafeDay } from '../../src/time/working-days.ts';

/** https://www.gov.uk/bank-holidays, England and Wales, as published for each year. */
const published: Readonly<Record<number, string>> = {
  2019: '01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26',
  // The early May holiday was moved to the 75th anniversary of VE Day.
  2020: '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28',
  2021: '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28',
  // The spring holiday was moved for the Platinum Jubilee, which added a day; 19 September was the state funeral of Queen Elizabeth II.
  2022: '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27',
  // 8 May: the coronation of King Charles III.
  2023: '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26',
  2024: '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26',
  2025: '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26',
  2026: '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28',
  2027: '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28',
};

test.each(Object.entries(published))('bank holidays: %s is as GOV.UK published it', (year, days) => {
  expect(bankHolidays[Number(year)]).toBe(days);
});

test('bank holidays: the table has every year from 2019 to 2060, each with at least eight weekdays of that year', () => {
  const years = Object.keys(bankHolidays).map(Number);
  expect(years).toEqual(Array.from({ length: 42 }, (_, index) => 2019 + index));
  for (const year of years) {
    const days = (bankHolidays[year] ?? '').split(' ').map((day) => new Date(`${year}-${day}T00:00:00Z`));
    expect(days.length, String(year)).toBeGreaterThanOrEqual(8);
    expect(new Set(days.map(Number)).size, String(year)).toBe(days.length);
    expect(days.map((day) => day.getUTCDay()).filter((day) => day === 0 || day === 6)).toEqual([]);
  }
});

/** Whoever installs a release goes on using it for years. When this fails, raise `lastYear` in scripts/docs/bank-holidays.ts. */
test('bank holidays: the table reaches at least ten years ahead', () => {
  const lastYear = Math.max(...Object.keys(bankHolidays).map(Number));
  expect(lastYear).toBeGreaterThanOrEqual(new Date().getUTCFullYear() + 10);
});

test('bank holidays: the last year of the table counts, and after it only weekends are off', () => {
  const at = (iso: string) => new Date(`${iso}T12:00:00Z`);
  // Christmas Day 2060 is a Saturday, with its substitute on the Monday; Christmas Day 2061 is a Sunday.
  expect(isWorkingDay(at('2060-12-27'))).toBe(false);
  expect(isWorkingDay(at('2061-12-24'))).toBe(false);
  expect(isWorkingDay(at('2061-12-26'))).toBe(true);
  expect(addWorkingDays(at('2061-12-23'), 5)).toEqual(new Date('2061-12-30T00:00:00Z'));
  expect(lastSafeDay(at('2061-12-30'), 5)).toEqual(new Date('2061-12-22T00:00:00Z'));
});
