/** The lines of a text that are neither empty nor a comment. Three lists of numbers, because an object for each line would take most of the time. */
export interface Lines {
  readonly indent: number[];
  /** Where the content begins. */
  readonly from: number[];
  /** Where the line ends. */
  readonly to: number[];
}

const [lineFeed, space, hash] = [0x0a, 0x20, 0x23];

/** Tabs, carriage returns and all other control characters but the line feed, no-break spaces, line and paragraph separators, byte order marks. */
const unusual = /[^\n\P{Cc}]|[\xa0\u2028\u2029\ufeff]/u;

/** @returns undefined if there are characters in it that YAML treats in ways of their own. */
export function linesOf(text: string): Lines | undefined {
  if (unusual.test(text)) return undefined;
  const lines: Lines = { indent: [], from: [], to: [] };
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const to = end < 0 ? text.length : end;
    let from = start;
    while (text.charCodeAt(from) === space) from += 1;
    const first = text.charCodeAt(from);
    if (from < to && first !== lineFeed && first !== hash) {
      lines.indent.push(from - start);
      lines.from.push(from);
      lines.to.push(to);
    }
    start = to + 1;
  }
  return lines;
}
