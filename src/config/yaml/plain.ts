/**
 * Reads what configurations are almost always made of: mappings and lists, on lines or in brackets, with ordinary scalars, anchors, aliases
 * and `<<`. It does not report errors: whatever it is not certain of, errors included, it leaves to the library, which takes ten times as
 * long. `test/config/yaml.test.ts` compares the two.
 */
import { Anchors, Entries } from './anchors.ts';
import { Flow } from './flow.ts';
import { type Lines, linesOf } from './lines.ts';
import { unsure } from './scalars.ts';

const mostLevels = 50;

/** @returns the document's value, or `unsure`. */
export function readPlain(text: string): unknown {
  const lines = linesOf(text);
  if (!lines || lines.from.length === 0) return unsure;
  return '{['.includes(text[lines.from[0] as number] as string) ? inBrackets(text) : new Block(text, lines).document();
}

/** JSON, for example. */
function inBrackets(text: string): unknown {
  const flow = new Flow(text, new Anchors(), true);
  const value = flow.read(text.search(/\S/));
  return /\S/.test(text.slice(flow.at)) ? unsure : value;
}

const tokens = {
  item: /-(?: +|$)/my,
  key: /(?:[A-Za-z_][\w.-]{0,63}|<<):(?: +|$)/my,
  quotedKey: /"\w[\w.-]{0,63}":(?: +|$)/my,
  anchor: /&[\w-]+(?: +|$)/my,
  rest: /(?: +#.*| *)$/my,
};

class Block {
  readonly #text: string;
  readonly #lines: Lines;
  readonly #anchors = new Anchors();
  readonly #flow: Flow;
  #next = 0;
  #level = 0;

  constructor(text: string, lines: Lines) {
    this.#text = text;
    this.#lines = lines;
    this.#flow = new Flow(text, this.#anchors, false);
  }

  document(): unknown {
    const { from, indent, to } = this.#lines;
    if (indent[0] === 0 && /^--- *$/.test(this.#text.slice(from[0], to[0]))) this.#next = 1;
    const value = indent[this.#next] === 0 ? this.#block(0) : unsure;
    return this.#next === indent.length ? value : unsure;
  }

  /** The lines with this indentation, from here to the next with less, as a mapping or a list. */
  #block(indent: number): unknown {
    this.#level += 1;
    const isList = this.#end(tokens.item, this.#lines.from[this.#next] as number) !== 0;
    const value = this.#level > mostLevels ? unsure : isList ? this.#list(indent) : this.#mapping(indent);
    this.#level -= 1;
    return value;
  }

  /** A line that is further in than the others belongs to nothing, and whoever is further out finds out. */
  #mapping(indent: number): unknown {
    const entries = new Entries();
    while (this.#lines.indent[this.#next] === indent) {
      const from = this.#lines.from[this.#next] as number;
      const valueFrom = this.#endOfKey(from);
      if (valueFrom === 0) return unsure;
      const isQuoted = this.#text[from] === '"';
      const key = this.#text.slice(isQuoted ? from + 1 : from, this.#text.indexOf(isQuoted ? '":' : ':', from));
      if (!entries.add(key, this.#value(valueFrom, indent, true))) return unsure;
    }
    return entries.mapping;
  }

  #list(indent: number): unknown {
    const list: unknown[] = [];
    while (this.#lines.indent[this.#next] === indent) {
      const from = this.#lines.from[this.#next] as number;
      const valueFrom = this.#end(tokens.item, from);
      if (valueFrom === 0) break;
      const value = this.#item(from, valueFrom, indent);
      if (value === unsure) return unsure;
      list.push(value);
    }
    return list;
  }

  /** `- name: first` begins a mapping that goes on, further in, on the next line. */
  #item(from: number, valueFrom: number, indent: number): unknown {
    if (this.#endOfKey(valueFrom) === 0 && this.#end(tokens.item, valueFrom) === 0)
      return this.#value(valueFrom, indent, false);
    const inner = indent + valueFrom - from;
    this.#lines.indent[this.#next] = inner;
    this.#lines.from[this.#next] = valueFrom;
    return this.#block(inner);
  }

  /** What follows a key or a dash: on the same line, or further in on the next ones. */
  #value(from: number, indent: number, mayBeListAtSameIndent: boolean): unknown {
    const behindAnchor = this.#text[from] === '&' ? this.#end(tokens.anchor, from) : 0;
    const at = behindAnchor || from;
    if (at < (this.#lines.to[this.#next] as number) && this.#text[at] !== '#') return this.#onThisLine(from, indent);
    this.#next += 1;
    const below = () => this.#below(indent, mayBeListAtSameIndent);
    return behindAnchor === 0
      ? below()
      : this.#anchors.define(this.#text.slice(from + 1, behindAnchor).trimEnd(), below);
  }

  #onThisLine(from: number, indent: number): unknown {
    const value = this.#flow.read(from);
    const isWhole = this.#endsLine(this.#flow.at);
    this.#next += 1;
    // More text further in continues this value.
    return isWhole && !((this.#lines.indent[this.#next] ?? 0) > indent) ? value : unsure;
  }

  #below(indent: number, mayBeListAtSameIndent: boolean): unknown {
    const next = this.#lines.indent[this.#next] ?? -1;
    if (next > indent) return this.#block(next);
    const from = this.#lines.from[this.#next] ?? 0;
    return mayBeListAtSameIndent && next === indent && this.#end(tokens.item, from) !== 0 ? this.#list(indent) : null;
  }

  #endOfKey(at: number): number {
    return this.#end(this.#text[at] === '"' ? tokens.quotedKey : tokens.key, at);
  }

  /** Whether nothing follows on the line but spaces and a comment. */
  #endsLine(at: number): boolean {
    const next = this.#text[at];
    if (next === undefined || next === '\n') return true;
    tokens.rest.lastIndex = at;
    return tokens.rest.test(this.#text);
  }

  /** Where the token at this place ends. 0 if there is none. */
  #end(token: RegExp, at: number): number {
    token.lastIndex = at;
    token.test(this.#text);
    return token.lastIndex;
  }
}
