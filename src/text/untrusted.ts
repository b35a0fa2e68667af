import { inspect } from 'node:util';
import { escapeByNumber, type SafeText } from './rule.ts';

/**
 * Text from somebody else: the owner of a certificate, a server, anyone who can write to a file. It cannot be printed as it is: in a
 * template, a log, JSON or an error it becomes its escaped form. Only `raw()` gives the text itself, for comparing and parsing.
 * @example
 * `${new Untrusted('a\u202eb')}`; // a\u{202e}b
 */
export class Untrusted {
  /** The escaped form. Enumerable, so that two objects are equal in a test only if their texts are. */
  readonly shown: SafeText;
  readonly #raw: string;

  constructor(raw: string) {
    this.#raw = raw;
    this.shown = escapeByNumber(raw);
  }

  /** The text itself. Never show it. */
  raw(): string {
    return this.#raw;
  }

  toString(): SafeText {
    return this.shown;
  }

  toJSON(): SafeText {
    return this.shown;
  }

  [inspect.custom](): SafeText {
    return this.shown;
  }
}
