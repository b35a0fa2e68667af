/** Values on one line: scalars, aliases, `{ … }` and `[ … ]`. Also all of JSON, on as many lines as it likes. */
import { type Anchors, Entries } from './anchors.ts';
import { doubleQuotedValue, plainValue, singleQuotedValue, unsure } from './scalars.ts';

const tokens = {
  space: / */y,
  spaceAndLines: /[ \n]*/y,
  // The first character of a plain scalar has no other meaning; `: ` and ` #` end it, and in brackets so do those.
  plain: /(?:[\p{L}0-9_/.+$(]|-(?=[\p{L}0-9]))(?:[^\s:]+|:(?=\S)| +(?=[^\s:#]))*/uy,
  plainInBrackets: /(?:[\p{L}0-9_/.+$(]|-(?=[\p{L}0-9]))(?:[^\s,[\]{}:]+|:(?=[^\s,[\]{}])| +(?=[^\s,[\]{}:#]))*/uy,
  key: /(?:[A-Za-z_][\w.-]{0,63}|<<): /y,
  quotedKey: /"\w[\w.-]{0,63}":/y,
  doubleQuoted: /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"/y,
  singleQuoted: /'[^'\n]*(?:''[^'\n]*)*'/y,
  anchor: /&[\w-]+ +/y,
  alias: /\*[\w-]+/y,
};

/** No configuration has more than ten. */
const mostLevels = 50;

/** Reads single values of a text. */
export class Flow {
  readonly #text: string;
  readonly #anchors: Anchors;
  readonly #space: RegExp;
  /** The place behind the value that was read. */
  at = 0;
  #level = 0;

  /** @param lines - whether what is in brackets can go on in the next line. */
  constructor(text: string, anchors: Anchors, lines: boolean) {
    this.#text = text;
    this.#anchors = anchors;
    this.#space = lines ? tokens.spaceAndLines : tokens.space;
  }

  /** @returns the value that begins at a place, or `unsure`. */
  read(at: number): unknown {
    this.at = at;
    this.#level = 0;
    return this.#value(tokens.plain);
  }

  #value(plain: RegExp): unknown {
    switch (this.#text[this.at]) {
      case '{':
        return this.#inBrackets(() => this.#mapping());
      case '[':
        return this.#inBrackets(() => this.#list());
      case '"':
        return this.#meaning(tokens.doubleQuoted, doubleQuotedValue);
      case "'":
        return this.#meaning(tokens.singleQuoted, singleQuotedValue);
      case '*':
        return this.#meaning(tokens.alias, (alias) => this.#anchors.use(alias.slice(1)));
      case '&':
        return this.#meaning(tokens.anchor, (anchor) => this.#anchored(anchor.slice(1).trimEnd(), plain));
      default:
        return this.#meaning(plain, plainValue);
    }
  }

  /** Not an alias, not another anchor, and not nothing. */
  #anchored(name: string, plain: RegExp): unknown {
    const isValue = !'&*'.includes(this.#text[this.at] ?? '&');
    return isValue ? this.#anchors.define(name, () => this.#value(plain)) : unsure;
  }

  #inBrackets(read: () => unknown): unknown {
    this.at += 1;
    this.#level += 1;
    const value = this.#level > mostLevels ? unsure : read();
    this.#level -= 1;
    return value;
  }

  #mapping(): unknown {
    const entries = new Entries();
    if (this.#closes('}')) return entries.mapping;
    do {
      this.#skip(this.#space);
      const key = this.#key();
      if (key === undefined) return unsure;
      this.#skip(this.#space);
      if (!entries.add(key, this.#value(tokens.plainInBrackets))) return unsure;
    } while (this.#continues());
    return this.#closes('}') ? entries.mapping : unsure;
  }

  #list(): unknown {
    const list: unknown[] = [];
    if (this.#closes(']')) return list;
    do {
      this.#skip(this.#space);
      const value = this.#value(tokens.plainInBrackets);
      if (value === unsure) return unsure;
      list.push(value);
    } while (this.#continues());
    return this.#closes(']') ? list : unsure;
  }

  #key(): string | undefined {
    const isQuoted = this.#text[this.at] === '"';
    const from = isQuoted ? this.at + 1 : this.at;
    return this.#skip(isQuoted ? tokens.quotedKey : tokens.key) ? this.#text.slice(from, this.at - 2) : undefined;
  }

  #continues(): boolean {
    this.#skip(this.#space);
    if (this.#text[this.at] !== ',') return false;
    this.at += 1;
    return true;
  }

  #closes(bracket: string): boolean {
    this.#skip(this.#space);
    if (this.#text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  #meaning(token: RegExp, meaning: (text: string) => unknown): unknown {
    const from = this.at;
    return this.#skip(token) ? meaning(this.#text.slice(from, this.at)) : unsure;
  }

  /** @returns whether there is one. */
  #skip(token: RegExp): boolean {
    token.lastIndex = this.at;
    if (!token.test(this.#text)) return false;
    this.at = token.lastIndex;
    return true;
  }
}
