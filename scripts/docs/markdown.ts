/** Outside of code, Markdown takes `<local id>` for a tag. */
export const escaped = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');

/** Inside a table, Markdown takes a bar for the end of a cell, in code too. */
export const cell = (text: string): string => escaped(text.replaceAll('|', '\\|'));

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
