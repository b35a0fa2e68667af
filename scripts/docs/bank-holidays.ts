// src/time/bank-holidays.ts: England's bank holidays, from `date-holidays`. That library holds every country of the world, so it stays
// a development dependency and the service carries the table alone.
import Holidays from 'date-holidays';

/** GOV.UK's list, which the table is tested against, begins here. */
const firstYear = 2019;
const lastYear = 2060;

/** The whole file. */
export function bankHolidayTable(): string {
  const england = new Holidays('GB', 'ENG', { types: ['public', 'bank'] });
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
  const rows = years.map((year) => {
    const days = england.getHolidays(year).map(({ date }) => date.slice(0, 10));
    // A holiday at a weekend comes with its substitute; GOV.UK lists only the substitute.
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
