/** The lines of a text that are neither empty nor a comment. Three lists of numbers, because an object for each line would take most of the time. */
export interface Lines {
  readonly indent: number[];
  /** Where the content begins. */
  readonly from: number[];
  /** Where the line ends. */
  readonly to: number[];
}

const [lineFeed, space, hash] = [0x0a, 0x20, 0x23];

/** @returns undefined if there are characters in it that YAML treats in ways of their own. */
export function linesOf(text: string): Lines | undefined {
  const lines: Lines = { indent: [], from: [], to: [] };
  let start = 0;
  /** Of the content of this line. -1: only spaces so far. */
  let from = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : lineFeed;
    if (code === lineFeed) {
      if (from >= 0 && text.charCodeAt(from) !== hash) add(lines, start, from, at);
      start = at + 1;
      from = -1;
    } else if (code !== space) {
      if (isUnusual(code)) return undefined;
      if (from < 0) from = at;
    }
  }
  return lines;
}

function add(lines: Lines, start: number, from: number, to: number): void {
  lines.indent.push(from - start);
  lines.from.push(from);
  lines.to.push(to);
}

/** Tabs, carriage returns and other control characters, no-break spaces, line and paragraph separators, byte order marks. */
function isUnusual(code: number): boolean {
  if (code < space) return true;
  return code >= 0x7f && (code <= 0xa0 || code === 0x2028 || code === 0x2029 || code === 0xfeff);
}
