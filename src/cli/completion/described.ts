/** The program as data, for completion in shells and for the manual pages: what `--help` says, word for word. */
import type { Argument, Command, Option } from 'commander';
import { commandsOf, optionDescription, requiredGlobalOptions, wordsOf } from '../help.ts';
import { isRepeatable } from '../mistakes.ts';

/** What follows an option, or stands by itself. */
export interface Value {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'choice' | 'environment' | 'other';
  readonly choices: readonly string[];
  /** May be left out. */
  readonly isOptional: boolean;
}

export interface DescribedOption {
  /** With its hyphens, as `--config`. */
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** Absent for a flag. */
  readonly value?: Value;
  readonly isRepeatable: boolean;
}

export interface DescribedArgument extends Value {
  readonly description: string;
  readonly isVariadic: boolean;
}

export interface DescribedCommand {
  /** Below the program: `['renewals', 'resolve']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  readonly arguments: readonly DescribedArgument[];
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
}

/** The program first, then every command below it. */
export const described = (program: Command): DescribedCommand[] => commandsOf(program).map(describedCommand);

const help: DescribedOption = {
  long: '--help',
  short: '-h',
  description: 'show this help',
  isRepeatable: false,
};

function describedCommand(command: Command): DescribedCommand {
  return {
    path: wordsOf(command),
    summary: command.summary() || command.description(),
    description: command.description(),
    options: [...[...requiredGlobalOptions(command), ...command.options].map(describedOption), help],
    arguments: command.registeredArguments.map((argument) => describedArgument(argument, command)),
    subcommands: command.commands.map((each) => ({ name: each.name(), summary: each.summary() })),
  };
}

function describedOption(option: Option): DescribedOption {
  const [, name] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  return {
    long: option.long ?? `--${option.name()}`,
    ...(option.short ? { short: option.short } : {}),
    description: optionDescription(option),
    ...(name === undefined ? {} : { value: optionValue(option, name) }),
    isRepeatable: !option.isBoolean() && isRepeatable(option),
  };
}

/** An environment is named after a configuration, which says how they are called. */
function optionValue({ argChoices, long, optional }: Option, name: string): Value {
  const value = valueNamed(name, argChoices ?? [], optional);
  return long === '--environment' && value.kind === 'other' ? { ...value, kind: 'environment' } : value;
}

function describedArgument(argument: Argument, command: Command): DescribedArgument {
  // `help` takes the other commands.
  const others = argument.name() === 'command' ? command.parent?.commands : undefined;
  const choices = argument.argChoices ?? others?.map((each) => each.name()) ?? [];
  const { description, required, variadic } = argument;
  return { ...valueNamed(argument.name(), choices, !required), description, isVariadic: variadic };
}

/** What they are called says what they are. */
const files: ReadonlySet<string> = new Set(['file', 'files', 'client', 'issued']);
const folders: ReadonlySet<string> = new Set(['dir']);

function valueNamed(name: string, choices: readonly string[], isOptional: boolean): Value {
  const kind = choices.length > 0 ? 'choice' : files.has(name) ? 'file' : folders.has(name) ? 'folder' : 'other';
  return { name, kind, choices, isOptional };
}
