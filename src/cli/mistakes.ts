/** Mistakes in what was typed that commander lets through, or explains less well. */
import type { Command, CommandOptions, Option } from 'commander';
import { nearest } from '../text/index.ts';
import { collect } from './arguments.ts';
import { commandsOf } from './help.ts';

/** Also for every command below it. */
export function refuseMistakes(program: Command): void {
  for (const command of commandsOf(program)) {
    for (const option of command.options) if (!isRepeatable(option)) refuseTwice(command, option);
    if (command.commands.length > 0) explainUnknownCommand(command);
  }
}

/** In the words of commander's own message. */
export function unknownCommand(command: Command, typed: string): string {
  const guess = nearest(
    typed,
    command.commands.map((each) => each.name()),
  );
  return `error: unknown command '${typed}'${guess === undefined ? '' : `\n(Did you mean ${guess}?)`}`;
}

/** A flag may be repeated: it says the same twice. */
export const isRepeatable = (option: Option): boolean => option.isBoolean() || option.parseArg === collect;

/** The last one would win, and nobody would notice that another file was not read. */
function refuseTwice(command: Command, option: Option): void {
  let times = 0;
  command.on(`option:${option.name()}`, () => {
    times += 1;
    if (times > 1) command.error(`error: option '${option.flags}' can be given only once`);
  });
}

/** A command that also works by itself would complain about the options of its misspelt subcommand, or about a surplus argument. */
function explainUnknownCommand(command: Command): void {
  const complain = command.error.bind(command);
  command.error = (message: string, options?: CommandOptions & { readonly code?: string }) => {
    const [typed = '-'] = command.args;
    const isName = !typed.startsWith('-') && command.commands.every((each) => each.name() !== typed);
    const instead = ['commander.unknownOption', 'commander.excessArguments', 'commander.unknownCommand'];
    return complain(
      isName && instead.includes(options?.code ?? '') ? unknownCommand(command, typed) : message,
      options,
    );
  };
}
