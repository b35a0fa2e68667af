import type { ComponentChildren, JSX } from 'preact';

/** One column: its heading, and what it shows of a row. */
export interface Column<Item> {
  readonly heading: string;
  readonly content: (item: Item) => JSX.Element;
  /** It speaks for itself, so that a list on a phone does not repeat the heading in every row. */
  readonly isPlain?: boolean;
  /** Nothing about it needs attention, so a phone leaves it out. Default: never. */
  readonly calm?: (item: Item) => boolean;
}

interface Props<Item> {
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Item>[];
  readonly rows: readonly Item[];
  readonly rowClass?: (item: Item) => string;
  readonly className?: string;
  /** Rows with the same name, which lie side by side, are put under it as a heading. */
  readonly groupOf?: ((item: Item) => string) | undefined;
}

/** A table that becomes a list on a phone, where each cell shows its column’s heading. */
export function ResponsiveTable<Item>(props: Props<Item>) {
  const { caption, columns, rowClass = () => '', className = '' } = props;
  return (
    <table {...role('table')} class={`nhsuk-table-responsive page-table ${className}`}>
      <caption class="nhsuk-table__caption nhsuk-u-visually-hidden">{caption}</caption>
      <thead {...role('rowgroup')} class="nhsuk-table__head">
        <tr {...role('row')}>
          {columns.map(({ heading }) => (
            <th {...role('columnheader')} scope="col" class="nhsuk-table__header">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      {groupsOf(props).map(({ name, items }) => (
        <tbody {...role('rowgroup')} class="nhsuk-table__body">
          {name !== undefined && (
            <tr {...role('row')} class="page-group">
              <th {...role('columnheader')} scope="rowgroup" colspan={neverLeftOut} class="nhsuk-table__header">
                {name}
              </th>
            </tr>
          )}
          {items.map((item) => (
            <tr {...role('row')} class={`nhsuk-table__row page-row ${rowClass(item)}`}>
              {columns.map((column, index) => cell(index === 0, column, item))}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

/** Columns, from the left. A heading over more would add an empty one where the window is narrow. */
const neverLeftOut = 3;

interface Group<Item> {
  readonly name: string | undefined;
  readonly items: readonly Item[];
}

function groupsOf<Item>({ rows, groupOf }: Props<Item>): Group<Item>[] {
  if (!groupOf) return [{ name: undefined, items: rows }];
  const groups: { readonly name: string; readonly items: Item[] }[] = [];
  for (const item of rows) {
    const name = groupOf(item);
    if (groups.at(-1)?.name !== name) groups.push({ name, items: [] });
    groups.at(-1)?.items.push(item);
  }
  return groups;
}

/** When CSS displays a table as blocks, a screen reader no longer treats it as a table unless its parts have roles. */
const role = (name: 'table' | 'rowgroup' | 'row' | 'columnheader' | 'rowheader' | 'cell') => ({ role: name });

function cell<Item>(namesRow: boolean, { calm, content, heading, isPlain = false }: Column<Item>, item: Item) {
  const inside = labelled(isPlain ? undefined : heading, content(item));
  return namesRow ? (
    <th scope="row" class="nhsuk-table__header" {...role('rowheader')}>
      {inside}
    </th>
  ) : (
    <td class={calm?.(item) ? 'nhsuk-table__cell page-cell--calm' : 'nhsuk-table__cell'} {...role('cell')}>
      {inside}
    </td>
  );
}

const labelled = (heading: string | undefined, content: ComponentChildren) => (
  <>
    {heading && (
      <span class="nhsuk-table-responsive__heading" aria-hidden="true">
        {heading}{' '}
      </span>
    )}
    <div class="page-cell">{content}</div>
  </>
);
