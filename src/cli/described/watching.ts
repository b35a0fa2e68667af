/** What `serve` and `check` take. */
import { type Command, Option } from 'commander';
import { collect, parseSpan } from '../arguments.ts';
import type { CommandIo } from '../command.ts';
import { configuration, configurationUnless, type Finish, format, time } from '../help.ts';
import type { CheckOptions, ServeOptions } from '../options.ts';

export function addWatching(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('serve')
    .summary('run the service: scheduled checks, handshakes and renewals, and HTTP')
    .description(
      'Runs until SIGTERM or SIGINT. Reloads the configuration on SIGHUP or when the file changes. If the new configuration is not valid, it keeps the current one.',
    )
    .addOption(configuration())
    .addOption(
      new Option(
        '--wait [duration]',
        'wait if another process uses the state directory; for 5 minutes if no other time is given',
      )
        .preset('5m')
        .argParser(parseSpan)
        .default(0, 'not at all'),
    )
    .action(async (options: ServeOptions) => {
      const { loadLean } = await import('../memory-flags.ts');
      const { run } = await loadLean(() => import('../serve.ts'), options.config);
      finish(await run(options, io));
    });
  program
    .command('check')
    .summary('check every environment once')
    .description(
      'Checks what is deployed, makes a handshake with MESH, and shows the state of any renewal. The exit code is the worst severity found. With --service it asks the running service what it knows instead, and the exit code is 3 if that is out of date.',
    )
    .addOption(configurationUnless('service'))
    .option('--environment <name>', 'only this environment; can be repeated', collect)
    .option('--offline', 'check the files only, without a handshake', false)
    .addOption(time('check as at this time instead of now; implies --offline, because a handshake always happens now'))
    .addOption(
      new Option(
        '--service [url]',
        'ask the running service, at this address or where --config says that it listens',
      ).conflicts(['offline', 'at']),
    )
    .option('--username <name>', 'user name for the service; default: as configured, if --config is given')
    .addOption(new Option('--password-file <file>', 'file with its password').conflicts('passwordEnv'))
    .option('--password-env <name>', 'environment variable with its password')
    .option('--ca-bundle <file>', 'CA certificates to trust for the service')
    .addOption(format('text', 'json', 'nagios'))
    .action(async (options: CheckOptions) => finish(await (await import('../check.ts')).run(options, io)));
}
