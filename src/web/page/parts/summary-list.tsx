import type { ComponentChildren } from 'preact';

export type Row = readonly [key: string, value: ComponentChildren];

/** Keys and values. A row without a value is left out. */
export function SummaryList({ rows }: { rows: readonly (Row | undefined | false)[] }) {
  return (
    <dl class="nhsuk-summary-list page-summary">
      {rows
        .filter((row) => row !== undefined && row !== false)
        .map(([key, value]) => (
          <div class="nhsuk-summary-list__row">
            <dt class="nhsuk-summary-list__key">{key}</dt>
            <dd class="nhsuk-summary-list__value">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
