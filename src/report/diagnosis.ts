/** The diagnosis at a terminal: what to do first, before everything else. */
import type { Diagnosis } from '../diagnosis/index.ts';
import { literal, type SafeText, say } from '../text/index.ts';
import { labelled, paint, type Terminal } from './terminal.ts';

/** Nothing if nothing needs attention. */
export function firstActionLines(
  { cause, firstAction, command, consequences }: Diagnosis,
  terminal: Terminal,
): SafeText[] {
  if (!cause) return [];
  const codes = consequences.map(({ code }) => code).join(', ');
  return [
    ...labelled('Do first', firstAction, terminal).map((line) => paint(terminal, 'bold', line)),
    ...(command ? commandLines(command) : []),
    ...(codes ? labelled('Follows', say`${codes}: no action needed, gone once ${cause.code} is`, terminal) : []),
    literal(''),
  ];
}

/** On one line, however narrow the terminal is: a person copies it. */
const commandLines = (command: SafeText): SafeText[] => [say`             $ ${command}`];
