/** The same environments, all pages of them, for a spreadsheet. */
export const CsvLink = ({ query }: { readonly query: string }) => (
  <p class="nhsuk-hint">
    <a href={`/environments.csv${query ? `?${new URLSearchParams({ q: query })}` : ''}`}>Download as CSV</a>
  </p>
);
