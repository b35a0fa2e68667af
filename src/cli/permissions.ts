import { installedSources, isInStore, storeSourcesOf } from '../config/index.ts';
import { policiesFor } from '../sources/index.ts';
import { joined, jsonText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode } from './command.ts';
import { loadForCommand } from './configuration.ts';
import type { PermissionsOptions } from './options.ts';

/** Reads the configuration and nothing else: no store is asked. */
export async function run({ config, format, install }: PermissionsOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(config, io);
  const written = configuration.environments.flatMap((environment) => [
    // What the service itself writes.
    environment.renewal.pendingKey,
    ...(install ? installedSources(environment) : []),
  ]);
  const policies = policiesFor(storeSourcesOf(configuration), written.filter(isInStore));
  if (format === 'json') {
    const byStore = policies.map(({ store, value }) => [store, value]);
    io.stdout(joined([jsonText({ policies: Object.fromEntries(byStore) }, 2), say`\n`]));
  } else if (policies.length === 0) {
    io.stdout(say`No source is in a secret store, so no permissions are needed.\n`);
  } else {
    const sections = policies.map(({ title, text, note }) =>
      joined([say`# ${title}\n\n`, text, note === undefined ? say`\n` : say`\n\n# ${note}\n`]),
    );
    io.stdout(joined(sections, '\n'));
  }
  return exitCode.ok;
}
