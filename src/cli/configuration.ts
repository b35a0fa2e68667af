/** Loads the configuration for a command, prints its warnings, and reports every problem at once if it is not valid. */
import {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  type ResolvedEnvironment,
} from '../config/index.ts';
import { counted, escaped, nearest, quoted, type SafeText, say } from '../text/index.ts';
import { type CommandIo, UsageError } from './command.ts';

/** @throws {UsageError} that lists every problem with its path. */
export async function loadForCommand(path: string, io: CommandIo): Promise<Configuration> {
  const configuration = await loadConfiguration(path).catch((error: unknown) => {
    throw error instanceof ConfigurationError ? new UsageError(error.message) : error;
  });
  for (const warning of configuration.warnings) io.stderr(say`warning: ${warning}\n`);
  return configuration;
}

/** @throws {UsageError} that says which one was probably meant. */
export function findEnvironment(configuration: Configuration, name: string): ResolvedEnvironment {
  const environment = configuration.environments.find((each) => each.name === name);
  if (environment) return environment;
  const known = configuration.environments.map((each) => each.name);
  const guess = nearest(name, known);
  throw new UsageError(
    guess === undefined
      ? say`no environment is called ${quoted(name)}\nThe configuration has ${someOf(known)}.`
      : say`no environment is called ${quoted(name)}\nDid you mean ${quoted(guess)}?`,
  );
}

const mostNamed = 10;

function someOf(names: readonly string[]): SafeText {
  const more = names.length - mostNamed;
  const named = names.slice(0, mostNamed).map(escaped).join(', ');
  return more > 0 ? say`${named} and ${counted(more)} more` : say`${named}`;
}
