/** The diagnosis at a terminal: what to do first, before everything else. */
import type { Diagnosis } from '../diagnosis/index.ts';
import { catalogue } from '../findings/index.ts';
import { literal, lowerFirst, type SafeText, say } from '../text/index.ts';
import { commandLines, labelled, paint, type Terminal } from './terminal.ts';

/** Nothing if nothing needs attention. */
export function firstActionLines(
  { cause, firstAction, command, consequences }: Diagnosis,
  terminal: Terminal,
): SafeText[] {
  if (!cause) return [];
  const titles = [...new Set(consequences.map(({ code }) => lowerFirst(catalogue[code].title)))].join('; ');
  return [
    ...labelled('Do first', firstAction, terminal).map((line) => paint(terminal, 'bold', line)),
    ...commandLines(command),
    ...(titles
      ? labelled('Follows', say`${titles}. No action needed: these clear when the cause is fixed.`, terminal)
      : []),
    literal(''),
  ];
}
