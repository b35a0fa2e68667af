/** Shared options, and the layout of help. */
import { type Argument, type Command, Option } from 'commander';
import { parseTime } from './arguments.ts';
import type { ExitCode } from './command.ts';

/** Takes the exit code of a command that has ended. */
export type Finish = (code: ExitCode) => void;

/** What each exit code means, for `--help` and the reference page. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'OK: no problems were found, or the command did what was asked',
  1: 'WARNING: something needs attention in the next days or weeks',
  2: 'CRITICAL: something does not work, or will soon stop working',
  3: 'UNKNOWN: wrong usage, a configuration that cannot be used, or a fault in the program',
};

const configurationOption = () => new Option('--config <file>', 'configuration file, YAML or JSON');
export const configuration = () => needed(configurationOption());
/** Of `check`: a service can be asked without its configuration. */
export const configurationUnless = (other: string) => needed(configurationOption(), other);
export const environment = () => needed(new Option('--environment <name>', 'which environment'));
export const time = (description: string) =>
  new Option('--at <time>', `${description} (RFC 3339)`).argParser(parseTime);
export const format = (...names: string[]) =>
  new Option(`--format <${names.join('|')}>`, 'output format').choices(names).default('text');

/** Commander checks its own mandatory options before unknown ones, so `--confg x` would be reported as `--config` missing. */
const neededOptions = new WeakMap<Option, { readonly unless?: string }>();
export const isNeeded = (option: Option): boolean => neededOptions.has(option);

/** @param unless - the attribute of an option that does instead. */
function needed(option: Option, unless?: string): Option {
  neededOptions.set(option, unless === undefined ? {} : { unless });
  return option;
}

export function refuseIncomplete(command: Command): void {
  const given = command.optsWithGlobals();
  const missing = [...requiredGlobalOptions(command), ...command.options.filter(isNeeded)].find(
    (option) =>
      given[option.attributeName()] === undefined && given[neededOptions.get(option)?.unless ?? ''] === undefined,
  );
  if (missing) command.error(`error: required option '${missing.flags}' not specified`);
  // Probably an unset shell variable. Ignoring it would check less than was asked for.
  const empty = command.options.find((option) => given[option.attributeName()] === '');
  if (empty) command.error(`error: option '${empty.flags}' argument is empty`);
}

/** A subcommand also needs its parent's required options. */
export function requiredGlobalOptions(command: Command): Option[] {
  return command.parent?.options.filter(isNeeded) ?? [];
}

const narrowestDescription = 20;
export const helpStyle = { optionDescription, argumentDescription, minWidthToWrap: narrowestDescription };

/** Without the choices, which it names. */
function argumentDescription({ description }: Argument): string {
  return description;
}

/** The flag already shows the choices, and a flag that is off does not need a default. */
export function optionDescription(option: Option): string {
  const { defaultValue, defaultValueDescription, description } = option;
  const standing = option.isBoolean() ? undefined : (defaultValueDescription ?? defaultValue);
  const unless = neededOptions.get(option)?.unless;
  const required = unless === undefined ? '(required)' : `(required without --${unless})`;
  return [description, isNeeded(option) && required, standing !== undefined && `(default: ${standing})`]
    .filter(Boolean)
    .join(' ');
}

export function exitCodeHelp(): string {
  const lines = Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}

/** The program and everything below it, in the order of declaration. */
export function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** Below the program: `['renewals', 'resolve']`. */
export const wordsOf = (command: Command): string[] =>
  command.parent ? [...wordsOf(command.parent), command.name()] : [];

/** `mesh-cert-monitor renewals resolve` */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
