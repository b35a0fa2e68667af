/** The configuration as commands need it: loaded, its warnings said, every problem at once when it is wrong. */
import { ConfigurationError, loadConfiguration } from '../config/load.ts';
import type { Configuration, ResolvedEnvironment } from '../config/types.ts';
import { type CommandIo, UsageError } from './command.ts';

/** @throws {UsageError} that lists every problem with its path. */
export async function loadForCommand(path: string, io: CommandIo): Promise<Configuration> {
  const configuration = await loadConfiguration(path, io.env).catch((error: unknown) => {
    throw error instanceof ConfigurationError ? new UsageError(describe(path, error)) : error;
  });
  for (const warning of configuration.warnings) io.stderr(`warning: ${warning}\n`);
  return configuration;
}

/** @throws {UsageError} that names the environments there are. */
export function findEnvironment(configuration: Configuration, name: string): ResolvedEnvironment {
  const environment = configuration.environments.find((each) => each.name === name);
  if (environment) return environment;
  const known = configuration.environments.map((each) => each.name).join(', ');
  throw new UsageError(`no environment is called ${JSON.stringify(name)}; the configuration has: ${known}`);
}

function describe(path: string, { problems }: ConfigurationError): string {
  const lines = problems.map((problem) => `\n  ${problem.path ? `${problem.path}: ` : ''}${problem.message}`);
  return `${path} cannot be used${lines.join('')}`;
}
