/** Outside code, Markdown reads `<local id>` as a tag. */
export const escaped = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');

/** Inside a table, Markdown reads a bar as the end of a cell, even in code. */
export const cell = (text: string): string => escaped(text.replaceAll('|', '\\|'));

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
