/** What `renewals` prints: a table where the terminal is wide enough, with the reasons in it or below each row, otherwise a list. */
import { isDrafted, type RenewalStatus } from '../renewal/index.ts';
import { escaped, literal, type SafeText, say } from '../text/index.ts';
import { londonIsoDay } from '../time/index.ts';
import { labelled, printed, type Terminal, wrap } from './terminal.ts';

const titles = ['ENVIRONMENT', 'STATE', 'EXPIRES', 'DUE FROM', 'LAST SAFE DAY', 'REQUESTED', 'CLOSED'] as const;
const labels = ['Environment', 'State', 'Expires', 'Due from', 'Last safe', 'Requested', 'Closed'] as const;
const gap = '  ';
/** A narrower column of prose is hard to read. */
const narrowestReason = 30;

interface Row {
  /** As many as there are titles. */
  readonly cells: readonly SafeText[];
  readonly reason: SafeText;
}

/** What `renewals` prints: fits the terminal, whatever its width. */
export function renewalsText(renewals: readonly RenewalStatus[], terminal: Terminal): SafeText {
  const rows = renewals.map(rowOf);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const wide = widths.reduce((sum, width) => sum + width + gap.length, 0);
  if (wide - gap.length > terminal.columns) return list(rows, terminal);
  const left = terminal.columns - wide;
  // As wide as the longest reason needs, if that is little.
  const beside = left >= Math.min(narrowestReason, Math.max(...rows.map(({ reason }) => reason.length)));
  const line = (cells: readonly SafeText[]) =>
    say`${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(gap)}${gap}`;
  const reasonLines = ({ cells, reason }: Row) =>
    beside
      ? wrap(terminal, ' '.repeat(wide), reason, line(cells), Number.POSITIVE_INFINITY)
      : [line(cells), ...wrap(terminal, '    ', reason)];
  const header = line(titles.map((title) => literal(title)));
  return printed([beside ? say`${header}WHY` : header, ...rows.flatMap(reasonLines)]);
}

function list(rows: readonly Row[], terminal: Terminal): SafeText {
  const facts = (cells: readonly SafeText[]) =>
    cells.flatMap((cell, column) => (column > 1 && cell !== '-' ? labelled(labels[column] ?? '', cell, terminal) : []));
  return printed(
    rows.flatMap(({ cells, reason }, index) => [
      ...(index > 0 ? [literal('')] : []),
      ...wrap(terminal, gap, say`${cells[0] ?? ''}: ${cells[1] ?? ''}`, ''),
      ...facts(cells),
      ...labelled('Why', reason, terminal),
    ]),
  );
}

function rowOf({ state, reason, dueAt, lastSafeDay, requestedAt, record }: RenewalStatus): Row {
  const date = (at: Date | undefined) => (at ? londonIsoDay(at) : '-');
  const drafted = isDrafted({ state, record });
  const cells = [
    record?.environment ?? '',
    drafted ? 'drafted' : state,
    date(record?.notAfter),
    date(dueAt),
    date(lastSafeDay),
    drafted ? '-' : date(requestedAt),
    date(record?.closedAt),
  ];
  return { cells: cells.map(escaped), reason: escaped(reason) };
}
