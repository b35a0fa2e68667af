/** Loads the configuration for a command, prints its warnings, and reports every problem at once if it is not valid. */
import {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  type ResolvedEnvironment,
} from '../config/index.ts';
import { quoted, say } from '../text/index.ts';
import { type CommandIo, UsageError } from './command.ts';

/** @throws {UsageError} that lists every problem with its path. */
export async function loadForCommand(path: string, io: CommandIo): Promise<Configuration> {
  const configuration = await loadConfiguration(path).catch((error: unknown) => {
    throw error instanceof ConfigurationError ? new UsageError(error.message) : error;
  });
  for (const warning of configuration.warnings) io.stderr(say`warning: ${warning}\n`);
  return configuration;
}

/** @throws {UsageError} that names the environments there are. */
export function findEnvironment(configuration: Configuration, name: string): ResolvedEnvironment {
  const environment = configuration.environments.find((each) => each.name === name);
  if (environment) return environment;
  const known = configuration.environments.map((each) => each.name).join(', ');
  throw new UsageError(say`no environment is called ${quoted(name)}\nThe configuration has: ${known}`);
}
