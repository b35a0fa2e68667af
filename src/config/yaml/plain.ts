/**
 * Reads what configurations are almost always made of: mappings and lists, on lines or in brackets, with ordinary scalars, anchors, aliases
 * and `<<`. It does not report errors: whatever it is not certain of, errors included, it leaves to the library, which takes ten times as
 * long. `test/config/yaml.test.ts` compares the two.
 */
import { Anchors, Entries } from './anchors.ts';
import { Flow } from './flow.ts';
import { unsure } from './scalars.ts';

interface Line {
  readonly indent: number;
  /** Where the content begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Tabs, carriage returns and other control characters but the line feed, no-break spaces, line separators, byte order marks. */
const unusual = /[^\n\P{Cc}]|[\xa0\u2028\u2029\ufeff]/u;
const mostLevels = 50;

/** @returns the document's value, or `unsure`. */
export function readPlain(text: string): unknown {
  if (unusual.test(text)) return unsure;
  if (/^ *[{[]/.test(text)) return inBrackets(text);
  const lines = contentOf(text);
  return lines.length === 0 ? unsure : new Block(text, lines).document();
}

/** JSON, for example. */
function inBrackets(text: string): unknown {
  const flow = new Flow(text, text.search(/\S/), new Anchors());
  const value = flow.read();
  return /\S/.test(text.slice(flow.at)) ? unsure : value;
}

/** The lines that are neither empty nor a comment. */
function contentOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const to = end < 0 ? text.length : end;
    let from = start;
    while (text[from] === ' ') from += 1;
    if (from < to && text[from] !== '#') lines.push({ indent: from - start, from, to });
    start = to + 1;
  }
  return lines;
}

const tokens = {
  item: /-(?: +|$)/my,
  key: /(?:([A-Za-z_][\w.-]{0,63}|<<)|"(\w[\w.-]{0,63})"):(?: +|$)/my,
  anchor: /&([\w-]+)(?: +|$)/my,
};

class Block {
  readonly #text: string;
  readonly #lines: Line[];
  readonly #anchors = new Anchors();
  #next = 0;
  #level = 0;

  constructor(text: string, lines: Line[]) {
    this.#text = text;
    this.#lines = lines;
  }

  document(): unknown {
    const [first] = this.#lines;
    if (first?.indent === 0 && /^--- *$/.test(this.#text.slice(first.from, first.to))) this.#next = 1;
    const value = this.#lineAt(0) ? this.#block(0) : unsure;
    return this.#next === this.#lines.length ? value : unsure;
  }

  /** The lines with this indentation, from here to the next with less, as a mapping or a list. */
  #block(indent: number): unknown {
    this.#level += 1;
    const from = this.#lineAt(indent)?.from ?? 0;
    const isList = this.#match(tokens.item, from) !== undefined;
    const value = this.#level > mostLevels ? unsure : isList ? this.#list(indent) : this.#mapping(indent);
    this.#level -= 1;
    return value;
  }

  #mapping(indent: number): unknown {
    const entries = new Entries();
    for (let line = this.#lineAt(indent); line; line = this.#lineAt(indent)) {
      const found = this.#match(tokens.key, line.from);
      const key = found?.[1] ?? found?.[2];
      if (!found || key === undefined || key === '__proto__') return unsure;
      if (!entries.add(key, this.#value(line, line.from + found[0].length, indent, true))) return unsure;
    }
    return entries.mapping;
  }

  #list(indent: number): unknown {
    const list: unknown[] = [];
    for (let line = this.#lineAt(indent); line; line = this.#lineAt(indent)) {
      const found = this.#match(tokens.item, line.from);
      if (!found) break;
      const value = this.#item(line, line.from + found[0].length, indent);
      if (value === unsure) return unsure;
      list.push(value);
    }
    return list;
  }

  /** `- name: first` begins a mapping that goes on, further in, on the next line. */
  #item(line: Line, at: number, indent: number): unknown {
    if (!this.#match(tokens.key, at) && !this.#match(tokens.item, at)) return this.#value(line, at, indent, false);
    const inner = { indent: indent + at - line.from, from: at, to: line.to };
    this.#lines[this.#next] = inner;
    return this.#block(inner.indent);
  }

  /** What follows a key or a dash: on the same line, or further in on the next ones. */
  #value(line: Line, at: number, indent: number, mayBeListAtSameIndent: boolean): unknown {
    const anchor = this.#match(tokens.anchor, at);
    const from = at + (anchor?.[0].length ?? 0);
    if (from < line.to && this.#text[from] !== '#') return this.#onThisLine(line, at, indent);
    this.#next += 1;
    const below = () => this.#below(indent, mayBeListAtSameIndent);
    return anchor?.[1] === undefined ? below() : this.#anchors.define(anchor[1], below);
  }

  #onThisLine(line: Line, at: number, indent: number): unknown {
    const flow = new Flow(this.#text.slice(at, line.to), 0, this.#anchors);
    const value = flow.read();
    const rest = this.#text.slice(at + flow.at, line.to);
    this.#next += 1;
    // More text further in continues this value.
    const next = this.#lines[this.#next];
    return /^ *$|^ +#/.test(rest) && !(next && next.indent > indent) ? value : unsure;
  }

  #below(indent: number, mayBeListAtSameIndent: boolean): unknown {
    const next = this.#lines[this.#next];
    if (next && next.indent > indent) return this.#block(next.indent);
    if (mayBeListAtSameIndent && next?.indent === indent && this.#match(tokens.item, next.from))
      return this.#list(indent);
    return null;
  }

  /** The next line, if it has this indentation. One that is further in belongs to nothing, and whoever is further out finds out. */
  #lineAt(indent: number): Line | undefined {
    const line = this.#lines[this.#next];
    return line?.indent === indent ? line : undefined;
  }

  #match(token: RegExp, at: number): RegExpExecArray | undefined {
    token.lastIndex = at;
    return token.exec(this.#text) ?? undefined;
  }
}
