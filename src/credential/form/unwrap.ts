/** Undoes what settings, secret stores, terminals and mail programs do to PEM. */

export interface Cleaned {
  readonly text: string;
  /** Each continues “it is …”. */
  readonly undone: readonly string[];
}

interface Wrapping {
  readonly name: string;
  readonly undo: (text: string) => string;
}

/** In the order in which they lie around each other. */
const wrappings: readonly Wrapping[] = [
  {
    name: 'text with characters that cannot be seen (zero-width or no-break spaces)',
    undo: (text) => text.replace(/[\u200b-\u200d\u2060\ufeff]/g, '').replace(/\u00a0/g, ' '),
  },
  { name: 'text in quotation marks', undo: (text) => text.replace(/^\s*(["'])([\s\S]*)\1\s*$/, '$2') },
  // Once, or twice where two settings files escaped it.
  { name: 'text with its line ends written as \\n', undo: (text) => text.replace(/(?:\\+r)?\\+n/g, '\n') },
  // RFC 3676 §4.5, as a mail program quotes a message.
  { name: 'quoted text, its lines begin with >', undo: unquoted },
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
