// src/time/bank-holidays.ts: England's bank holidays, from `date-holidays`. That library covers every country in the world, so it stays
// a development dependency and the service includes only the table.
import Holidays from 'date-holidays';

/** The first year of GOV.UK's list, against which the table is tested. */
const firstYear = 2019;
const lastYear = 2060;

/** The whole file. */
export function bankHolidayTable(): string {
  const england = new Holidays('GB', 'ENG', { types: ['public', 'bank'] });
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
  const rows = years.map((year) => {
    const days = england.getHolidays(year).map(({ date }) => date.slice(0, 10));
    // A holiday at a weekend is listed with its substitute day; GOV.UK lists only the substitute.
    const weekdays = days.filter(isWeekday).map((day) => day.slice(5));
    return `  ${year}: '${weekdays.join(' ')}',`;
  });
  return `${head}${rows.join('\n')}\n};\n`;
}

function isWeekday(day: string): boolean {
  return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

const head = `// Generated from scripts/docs/bank-holidays.ts and the package date-holidays. Do not edit: run \`npm run docs\`.

/** The bank holidays of England that fall on a weekday, by year: \`MM-DD\`. */
export const bankHolidays: Readonly<Record<number, string>> = {
`;
