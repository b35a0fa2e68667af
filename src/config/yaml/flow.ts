/** Values on one line: scalars, aliases, `{ … }` and `[ … ]`. Also all of JSON, on as many lines as it likes. */
import { type Anchors, Entries } from './anchors.ts';
import { doubleQuotedValue, plainValue, singleQuotedValue, unsure } from './scalars.ts';

const tokens = {
  space: /[ \n]*/y,
  // The first character of a plain scalar has no other meaning; `: ` and ` #` end it, and in brackets so do those.
  plain: /(?:[\p{L}0-9_/.+$(]|-(?=[\p{L}0-9]))(?:[^\s:]+|:(?=\S)| +(?=[^\s:#]))*/uy,
  plainInBrackets: /(?:[\p{L}0-9_/.+$(]|-(?=[\p{L}0-9]))(?:[^\s,[\]{}:]+|:(?=[^\s,[\]{}])| +(?=[^\s,[\]{}:#]))*/uy,
  key: /([A-Za-z_][\w.-]{0,63}|<<): /y,
  quotedKey: /"(\w[\w.-]{0,63})":/y,
  doubleQuoted: /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"/y,
  singleQuoted: /'[^'\n]*(?:''[^'\n]*)*'/y,
  anchor: /&([\w-]+) +/y,
  alias: /\*([\w-]+)/y,
};

/** No configuration has more than ten. */
const mostLevels = 50;

/** Reads one value of a text from a place on. `at` is then the place behind it. */
export class Flow {
  readonly #text: string;
  readonly #anchors: Anchors;
  at: number;
  #level = 0;

  constructor(text: string, at: number, anchors: Anchors) {
    this.#text = text;
    this.at = at;
    this.#anchors = anchors;
  }

  /** @returns the value, or `unsure`. */
  read(plain: RegExp = tokens.plain): unknown {
    const text = this.#text;
    switch (text[this.at]) {
      case '{':
        return this.#inBrackets(() => this.#mapping());
      case '[':
        return this.#inBrackets(() => this.#list());
      case '"':
        return ifRead(this.#token(tokens.doubleQuoted), doubleQuotedValue);
      case "'":
        return ifRead(this.#token(tokens.singleQuoted), singleQuotedValue);
      case '*':
        return ifRead(this.#token(tokens.alias), (alias) => this.#anchors.use(alias.slice(1)));
      case '&':
        return ifRead(this.#token(tokens.anchor), (anchor) =>
          this.#anchors.define(anchor.slice(1).trimEnd(), () =>
            '&*'.includes(text[this.at] ?? '&') ? unsure : this.read(plain),
          ),
        );
      default:
        return ifRead(this.#token(plain), plainValue);
    }
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
      this.#token(tokens.space);
      const key = this.#key();
      if (key === undefined) return unsure;
      this.#token(tokens.space);
      if (!entries.add(key, this.read(tokens.plainInBrackets))) return unsure;
    } while (this.#continues());
    return this.#closes('}') ? entries.mapping : unsure;
  }

  #list(): unknown {
    const list: unknown[] = [];
    if (this.#closes(']')) return list;
    do {
      this.#token(tokens.space);
      const value = this.read(tokens.plainInBrackets);
      if (value === unsure) return unsure;
      list.push(value);
    } while (this.#continues());
    return this.#closes(']') ? list : unsure;
  }

  #key(): string | undefined {
    const found = this.#token(this.#text[this.at] === '"' ? tokens.quotedKey : tokens.key);
    const key = found?.replace(/^"|"?: ?$/g, '');
    return key === '__proto__' ? undefined : key;
  }

  #continues(): boolean {
    this.#token(tokens.space);
    if (this.#text[this.at] !== ',') return false;
    this.at += 1;
    return true;
  }

  #closes(bracket: string): boolean {
    this.#token(tokens.space);
    if (this.#text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  #token(kind: RegExp): string | undefined {
    kind.lastIndex = this.at;
    const found = kind.exec(this.#text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

const ifRead = (token: string | undefined, meaning: (token: string) => unknown): unknown =>
  token === undefined ? unsure : meaning(token);
