/** Words on a terminal: escaped, wrapped to its width, coloured only where colour is wanted. */
import { styleText } from 'node:util';
import type { Severity, Status } from '../findings/index.ts';

export interface Terminal {
  readonly colour: boolean;
  /** Width in columns. */
  readonly columns: number;
}

type Format = Parameters<typeof styleText>[0];

/** Prose wider than this is hard to read, however wide the terminal. */
const widestProse = 100;
const narrowestProse = 24;
/** An attacker chooses a subject's length; nobody reads more than this of it. */
const longestName = 200;

// C0, DEL and C1 controls, line and paragraph separators, bidirectional controls and zero-width characters: what a
// hostile subject would use to move the cursor or to show another text than it holds (Unicode TR 36 §2).
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the very thing looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/** One line, safe to print: unprintable characters as `\u{…}`, and cut at 200 characters. */
export function printable(text: string, longest = longestName): string {
  const escaped = escapeControls(text);
  const characters = [...escaped];
  return characters.length <= longest ? escaped : `${characters.slice(0, longest - 1).join('')}…`;
}

export function escapeControls(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

export function paint(terminal: Terminal, format: Format, text: string): string {
  return terminal.colour ? styleText(format, text, { validateStream: false }) : text;
}

const colours = { ok: 'green', info: 'cyan', warning: 'yellow', critical: 'red' } as const;

export function severityFormat(severity: Severity | Status): Format {
  return ['bold', colours[severity]];
}

/** A moment and a place are looked for as one: what was written with plain spaces gets those that do not break. */
const together = /\b(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|certificate \d+)(?=\W|$)/g;
const unbroken = (text: string) => text.replace(together, (phrase) => phrase.replaceAll(' ', '\u00a0'));

/** Lines of prose, each after `indent`; the first after `lead` instead, which is as wide. A longer word stands alone. */
export function wrap(terminal: Terminal, indent: string, text: string, lead = indent): string[] {
  const width = Math.max(narrowestProse, Math.min(widestProse, terminal.columns) - indent.length);
  const lines: string[] = [];
  for (const word of unbroken(escapeControls(text))
    .split(/[ \n\t]+/)
    .filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => (index === 0 ? lead : indent) + line);
}

/** `  Label      text`, wrapped under itself. */
export function labelled(label: string, text: string, terminal: Terminal): string[] {
  const lead = `  ${label.padEnd(11)}`;
  return wrap(terminal, ' '.repeat(lead.length), text, lead);
}
