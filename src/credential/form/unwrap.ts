/** Undoes the changes that settings, secret stores, terminals and mail programs make to PEM. */

export interface Cleaned {
  readonly text: string;
  /** Each one continues “it is …”. */
  readonly undone: readonly string[];
}

interface Wrapping {
  readonly name: string;
  readonly undo: (text: string) => string;
}

/** From the outermost to the innermost. */
const wrappings: readonly Wrapping[] = [
  {
    name: 'text with invisible characters (zero-width or no-break spaces)',
    undo: (text) => text.replace(/[\u200b-\u200d\u2060\ufeff]/g, '').replace(/\u00a0/g, ' '),
  },
  { name: 'text in quotation marks', undo: (text) => text.replace(/^\s*(["'])([\s\S]*)\1\s*$/, '$2') },
  // Once, or twice if two settings files escaped it.
  { name: 'text with its line breaks written as \\n', undo: (text) => text.replace(/(?<!\\)(?:\\+r)?\\+n/g, '\n') },
  // RFC 3676 §4.5: how mail programs quote a message.
  { name: 'quoted text, with lines that begin with >', undo: unquoted },
];

/** Linear in the length of the text. */
export function clean(text: string): Cleaned {
  const undone: string[] = [];
  let cleaned = text;
  for (const { name, undo } of wrappings) {
    const next = undo(cleaned);
    if (next !== cleaned) undone.push(name);
    cleaned = next;
  }
  return { text: cleaned, undone };
}

function unquoted(text: string): string {
  return /^[ \t]*>[ \t>]*-----BEGIN /m.test(text) ? text.replace(/^[ \t]*>[ \t>]*/gm, '') : text;
}
