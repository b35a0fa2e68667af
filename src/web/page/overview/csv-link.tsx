import { addressOf, type Filter } from './filter.ts';

/** The same environments, all pages of them, for a spreadsheet. */
export const CsvLink = ({ filter }: { readonly filter: Filter }) => (
  <p class="nhsuk-hint page-csv">
    <a href={`/environments.csv${addressOf(filter)}`}>Download as CSV</a>
  </p>
);
