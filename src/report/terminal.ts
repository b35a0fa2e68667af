/** Words on a terminal: wrapped to its width, coloured only where colour is wanted. */
import { styleText } from 'node:util';
import type { Severity, Status } from '../findings/index.ts';
import { type SafeText, say } from '../text/index.ts';

export interface Terminal {
  readonly colour: boolean;
  /** Width in columns. */
  readonly columns: number;
}

type Format = Parameters<typeof styleText>[0];

/** Prose wider than this is hard to read, however wide the terminal. */
const widestProse = 100;
const narrowestProse = 24;

/** The last step: what is painted holds escape sequences of our own, and is not safe to escape again. */
export function paint(terminal: Terminal, format: Format, text: SafeText): SafeText {
  return terminal.colour ? (styleText(format, text, { validateStream: false }) as SafeText) : text;
}

const colours = { ok: 'green', info: 'cyan', warning: 'yellow', critical: 'red' } as const;

export function severityFormat(severity: Severity | Status): Format {
  return ['bold', colours[severity]];
}

/** A moment, a span and a place are looked for as one: what was written with plain spaces gets those that do not break. */
const together = /\b(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|certificate \d+|\d+ ms|\d+\.\d\d s)(?=\W|$)/g;
const unbroken = (text: string) => text.replace(together, (phrase) => phrase.replaceAll(' ', '\u00a0'));

/** Lines of prose, each after `indent`; the first after `lead` instead, which is as wide. A longer word stands alone. */
export function wrap(terminal: Terminal, indent: string, text: SafeText, lead = indent): SafeText[] {
  const width = Math.max(narrowestProse, Math.min(widestProse, terminal.columns) - indent.length);
  const lines: string[] = [];
  for (const word of unbroken(text)
    .split(/[ \n]+/)
    .filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => say`${index === 0 ? lead : indent}${line}`);
}

/** `  Label      text`, wrapped under itself. */
export function labelled(label: string, text: SafeText, terminal: Terminal): SafeText[] {
  const lead = `  ${label.padEnd(11)}`;
  return wrap(terminal, ' '.repeat(lead.length), text, lead);
}

/** Every line with its end. Spaces that did not break have done their work. */
export const printed = (lines: readonly SafeText[]): SafeText =>
  `${lines.map((line) => line.trimEnd().replaceAll('\u00a0', ' ')).join('\n')}\n` as SafeText;
