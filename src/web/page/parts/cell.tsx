import type { ComponentChildren } from 'preact';

/** When CSS displays a table as blocks, a screen reader no longer treats it as a table unless its parts have roles. */
const role = (name: 'table' | 'rowgroup' | 'row' | 'columnheader' | 'rowheader' | 'cell') => ({ role: name });

export function Row({ className = '', children }: { className?: string; children: ComponentChildren }) {
  return (
    <tr {...role('row')} class={`nhsuk-table__row page-row ${className}`}>
      {children}
    </tr>
  );
}

/** A cell of a table that becomes a list on a phone, where each cell shows its column’s heading. */
export function Cell({ heading, children }: { heading: string; children: ComponentChildren }) {
  return (
    <td class="nhsuk-table__cell" {...role('cell')}>
      <span class="nhsuk-table-responsive__heading" aria-hidden="true">
        {heading}{' '}
      </span>
      <div class="page-cell">{children}</div>
    </td>
  );
}

export function RowHeading({ heading, children }: { heading: string; children: ComponentChildren }) {
  return (
    <th scope="row" class="nhsuk-table__header" {...role('rowheader')}>
      <span class="nhsuk-table-responsive__heading" aria-hidden="true">
        {heading}{' '}
      </span>
      <div class="page-cell">{children}</div>
    </th>
  );
}

export function ResponsiveTable({
  caption,
  headings,
  className = '',
  children,
}: {
  caption: string;
  headings: readonly string[];
  className?: string;
  children: ComponentChildren;
}) {
  return (
    <table {...role('table')} class={`nhsuk-table-responsive page-table ${className}`}>
      <caption class="nhsuk-table__caption nhsuk-u-visually-hidden">{caption}</caption>
      <thead {...role('rowgroup')} class="nhsuk-table__head">
        <tr {...role('row')}>
          {headings.map((heading) => (
            <th {...role('columnheader')} scope="col" class="nhsuk-table__header">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...role('rowgroup')} class="nhsuk-table__body">
        {children}
      </tbody>
    </table>
  );
}
