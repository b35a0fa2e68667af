/** What the commands take that have to do with a new certificate. */
import { Argument, type Command, Option } from 'commander';
import { parseLine } from '../arguments.ts';
import type { CommandIo } from '../command.ts';
import { configuration, environment, type Finish, format, helpStyle, requiredGlobalOptions } from '../help.ts';
import type { AcceptOptions, RenewalsOptions, RenewOptions, RequestOptions, ResolveOptions } from '../options.ts';

export function addRequest(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('request')
    .summary('request the first certificate of an environment')
    .description(
      'For an environment that has no certificate yet: creates a key and a certificate request, and emails the request to the contact to forward, or to the desk (`renewal.mode`). From then on the environment is waiting, which is not a failure.',
    )
    .addOption(configuration())
    .addOption(environment())
    .option('--dry-run', 'send and record nothing; write the files to the --output directory', false)
    .addOption(
      new Option(
        '--key <new|existing>',
        'a new key, or the one that is configured (default: new, unless there is one already)',
      ).choices(['new', 'existing']),
    )
    .option('--output <dir>', 'directory for the files of a dry run (default: request-NAME in the working directory)')
    .action(async (options: RequestOptions) => finish(await (await import('../request.ts')).run(options, io)));
}

export function addRenewing(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('renew')
    .summary('request a new certificate now')
    .description(
      'Creates a key and a certificate request, and emails the request to the contact to forward, or to the desk (`renewal.mode`), without waiting for the renewal window.',
    )
    .addOption(configuration())
    .addOption(environment())
    .option('--dry-run', 'send and record nothing; write the files to the --output directory', false)
    .addOption(
      new Option('--key <new|reuse>', 'a new key or the deployed one (default: as configured)').choices([
        'new',
        'reuse',
      ]),
    )
    .addOption(
      new Option('--reason <text>', 'reason to give to the desk (default: how soon the certificate expires)').argParser(
        parseLine,
      ),
    )
    .option('--output <dir>', 'directory for the files of a dry run (default: renewal-NAME in the working directory)')
    .action(async (options: RenewOptions) => finish(await (await import('../renew.ts')).run(options, io)));
  program
    .command('accept')
    .summary('check the certificate that the desk issued')
    .description(
      'Checks that it is the certificate that was requested and that it works, and says where to put each file.',
    )
    .addArgument(
      new Argument('<issued>', 'the file from the desk: PEM, DER, PKCS#7, an email, or a zip archive of them'),
    )
    .addOption(configuration())
    .addOption(environment())
    .option(
      '--install',
      'also put it in place: in files, keeping copies of the previous ones, and in secret stores',
      false,
    )
    .addOption(format('text', 'json'))
    .action(async (issued: string, options: Omit<AcceptOptions, 'issued'>) =>
      finish(await (await import('../accept.ts')).run({ ...options, issued }, io)),
    );
  const renewals = program
    .command('renewals')
    .summary('list all renewals with their states and dates')
    .description('Lists all renewals with their states and dates.')
    .addOption(configuration())
    .addOption(format('text', 'json'))
    .action(async (options: RenewalsOptions) => finish(await (await import('../renewals.ts')).run(options, io)));
  addResolve(renewals, io, finish);
}

function addResolve(renewals: Command, io: CommandIo, finish: Finish): void {
  renewals
    .command('resolve')
    .summary('record whether an uncertain request was sent')
    .description('Records whether the request reached the desk, once you have found out.')
    .configureHelp({ ...helpStyle, showGlobalOptions: true, visibleGlobalOptions: requiredGlobalOptions })
    .addOption(environment())
    .addOption(new Option('--sent', 'the desk has the request').conflicts('notSent'))
    .addOption(new Option('--not-sent', 'the desk does not have it, so it can be sent again').conflicts('sent'))
    .action(async (_: unknown, command: Command) => {
      const { config, environment, notSent, sent } = command.optsWithGlobals();
      if (!sent && !notSent) command.error("error: either '--sent' or '--not-sent' is required");
      const options: ResolveOptions = { config, environment, outcome: sent ? 'sent' : 'not-sent' };
      finish(await (await import('../renewals.ts')).resolve(options, io));
    });
}
