/** Text on a terminal: wrapped to its width, coloured only if colour is wanted. */
import { styleText } from 'node:util';
import type { Severity, Status } from '../findings/index.ts';
import { type SafeText, say } from '../text/index.ts';

export interface Terminal {
  readonly colour: boolean;
  /** Width in columns. */
  readonly columns: number;
}

type Format = Parameters<typeof styleText>[0];

/** Wider prose is hard to read, however wide the terminal is. */
const widestProse = 100;
const narrowestProse = 24;

/** The last step: coloured text contains our own escape sequences, so it must not be escaped again. */
export function paint(terminal: Terminal, format: Format, text: SafeText): SafeText {
  return terminal.colour ? (styleText(format, text, { validateStream: false }) as SafeText) : text;
}

const colours = { ok: 'green', info: 'cyan', unknown: 'magenta', warning: 'yellow', critical: 'red' } as const;

export function severityFormat(severity: Severity | Status | 'unknown'): Format {
  return ['bold', colours[severity]];
}

/** Times, durations and places stay on one line: their plain spaces are replaced with no-break spaces. */
const together = /\b(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|certificate \d+|\d+ ms|\d+\.\d\d s)(?=\W|$)/g;
const unbroken = (text: string) => text.replace(together, (phrase) => phrase.replaceAll(' ', '\u00a0'));

/** Lines of prose, each after `indent`; the first after `lead` instead, which has the same width. A longer word is on its own line. */
export function wrap(
  terminal: Terminal,
  indent: string,
  text: SafeText,
  lead = indent,
  widest = widestProse,
): SafeText[] {
  const width = Math.max(narrowestProse, Math.min(widest, terminal.columns) - indent.length);
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

/** `  Label      text`, with wrapped lines aligned under the text. */
export function labelled(label: string, text: SafeText, terminal: Terminal): SafeText[] {
  const lead = `  ${label.padEnd(11)}`;
  return wrap(terminal, ' '.repeat(lead.length), text, lead);
}

/** Every line with its line break. No-break spaces are no longer needed, so they become plain spaces. */
export const printed = (lines: readonly SafeText[]): SafeText =>
  `${lines.map((line) => line.trimEnd().replaceAll('\u00a0', ' ')).join('\n')}\n` as SafeText;

/** Below `Do first`. On one line, however narrow the terminal is: a person copies it. */
export const commandLines = (command: SafeText | undefined): SafeText[] =>
  command ? [say`             $ ${command}`] : [];
