/** Completion scripts for shells, from the same description as `--help`. */
import type { Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { described } from './described.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Without line ends of anybody else: every word is in the program. */
export function completionScript(program: Command, shell: Shell): string {
  const write = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell];
  return write(described(program), program.name());
}
