/** Every command and option, but not what they do: each command's module is loaded when it is called. */
import { Argument, Command, Option } from 'commander';
import { escaped, escapedLines, joined, type SafeText, say } from '../text/index.ts';
import { collect, parseLine, parsePort, parseSpan } from './arguments.ts';
import type { CommandIo, ExitCode } from './command.ts';
import {
  commandsOf,
  configuration,
  configurationUnless,
  environment,
  exitCodeHelp,
  format,
  helpStyle,
  pathOf,
  refuseIncomplete,
  requiredGlobalOptions,
  time,
} from './help.ts';
import type {
  AcceptOptions,
  BundleOptions,
  CheckOptions,
  DemoOptions,
  InitOptions,
  InspectOptions,
  PermissionsOptions,
  RenewalsOptions,
  RenewOptions,
  RequestOptions,
  ResolveOptions,
  ServeOptions,
} from './options.ts';

export const programName = 'mesh-cert-monitor';

type Finish = (code: ExitCode) => void;

/** Commander's messages are one line, with an optional suggestion below. Any other line break was typed by the user. */
function errorText(error: string): SafeText {
  const [, message = '', suggestion = ''] = /^(.*?)(\n\(Did you mean [^\n]*\))?\n?$/s.exec(error) ?? [];
  return joined([escaped(message), escapedLines(suggestion), say`\n`]);
}

export function createProgram(io: CommandIo, version: string, finish: Finish): Command {
  const program = new Command(programName)
    .description(
      'Monitors the certificates that an organisation uses for NHS MESH, proves that they work, and requests new ones in time.',
    )
    .version(version, '--version', 'show the version')
    .helpOption('--help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureHelp(helpStyle)
    .hook('preAction', (_, command) => refuseIncomplete(command))
    .configureOutput({
      // Help is in our own words, and may be coloured; errors repeat what was typed.
      writeOut: (help) => io.stdout(help as SafeText),
      writeErr: (words) => io.stderr(escapedLines(words)),
      outputError: (error, write) => write(errorText(error)),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => false,
    })
    .addHelpText('after', exitCodeHelp());
  addWatching(program, io, finish);
  addLooking(program, io, finish);
  addBundle(program, io, finish);
  addRequest(program, io, finish);
  addRenewing(program, io, finish);
  addStarting(program, io, finish);
  for (const command of commandsOf(program))
    command.showHelpAfterError(`(${pathOf(command)} --help shows what it takes)`);
  return program;
}

function addWatching(program: Command, io: CommandIo, finish: Finish): void {
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
    .action(async (options: ServeOptions) => finish(await (await import('./serve.ts')).run(options, io)));
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
    .action(async (options: CheckOptions) => finish(await (await import('./check.ts')).run(options, io)));
}

function addLooking(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('inspect')
    .summary('inspect certificate files, without a configuration')
    .description(
      'Shows the chain as a tree, and any problems. Give any of the files: a bundle, a certificate, or all of them. Nothing leaves this machine.',
    )
    .option('--cert <file>', 'client certificate, PEM or DER')
    .option('--key <file>', 'private key, PEM or DER')
    .option('--passphrase-env <name>', 'environment variable with the passphrase of the key or keystore')
    .option('--ca-bundle <file>', 'root and intermediate CA certificates')
    .addOption(
      new Option('--keystore <file>', 'PKCS#12 or JKS, instead of --cert and --key').conflicts(['cert', 'key']),
    )
    .option('--alias <name>', 'which key entry to use, if the keystore has several')
    .addOption(time('check as at this time instead of now'))
    .addOption(
      new Option('--chain-order <root-first|leaf-first>', 'required order of the bundle')
        .choices(['root-first', 'leaf-first'])
        .default('root-first'),
    )
    .addOption(format('text', 'json'))
    .action(async (options: InspectOptions) => finish(await (await import('./inspect.ts')).run(options, io)));
}

function addBundle(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('bundle')
    .summary('make a CA bundle, or put one in order')
    .description(
      'Writes the current CA certificates of an NHS environment, or puts the certificates of the given files in order: duplicates, client certificates, expired and unrelated ones are left out and named. The previous file is kept.',
    )
    .addArgument(new Argument('[files...]', 'files with CA certificates: PEM, DER or PKCS#7'))
    .addOption(
      new Option(
        '--environment <integration|deployment|production>',
        'the public NHS certificates of this environment, instead of files',
      ).choices(['integration', 'deployment', 'production']),
    )
    .addOption(
      new Option(
        '--for <client>',
        'client certificate that the bundle is for: its path must hold, and what has nothing to do with it is left out',
      ).conflicts('environment'),
    )
    .addOption(
      new Option('--order <root-first|leaf-first>', 'order of the bundle')
        .choices(['root-first', 'leaf-first'])
        .default('root-first'),
    )
    .option('--output <file>', 'write it to this file instead of standard output')
    .addOption(
      new Option('--in-place', 'write it to the given file').default(false).conflicts(['environment', 'output']),
    )
    .action(async (files: readonly string[], options: Omit<BundleOptions, 'files'>) =>
      finish(await (await import('./bundle.ts')).run({ ...options, files }, io)),
    );
}

function addRequest(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('request')
    .summary('request the first certificate of an environment')
    .description(
      'Creates the key, the certificate request and the email for an environment that has no certificate yet, and sends it. From then on the environment is waiting, which is not a failure.',
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
    .action(async (options: RequestOptions) => finish(await (await import('./request.ts')).run(options, io)));
}

function addRenewing(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('renew')
    .summary('request a new certificate now')
    .description(
      'Creates the key, the certificate request and the email, and sends it without waiting for the renewal window.',
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
    .action(async (options: RenewOptions) => finish(await (await import('./renew.ts')).run(options, io)));
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
    .option('--install', 'also replace the deployed files, keeping copies of the previous ones', false)
    .addOption(format('text', 'json'))
    .action(async (issued: string, options: Omit<AcceptOptions, 'issued'>) =>
      finish(await (await import('./accept.ts')).run({ ...options, issued }, io)),
    );
  const renewals = program
    .command('renewals')
    .summary('list all renewals with their states and dates')
    .description('Lists all renewals with their states and dates.')
    .addOption(configuration())
    .addOption(format('text', 'json'))
    .action(async (options: RenewalsOptions) => finish(await (await import('./renewals.ts')).run(options, io)));
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
      finish(await (await import('./renewals.ts')).resolve(options, io));
    });
}

function addStarting(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('init')
    .summary('write a commented starter configuration')
    .description(
      'Writes a commented starter configuration to a file, or to standard output. On a terminal it asks for your own values; scripts give them as options.',
    )
    .addOption(
      new Option('--environment <sandbox|integration|deployment|production>', 'which MESH environment').choices([
        'sandbox',
        'integration',
        'deployment',
        'production',
      ]),
    )
    .option('--mailbox <id>', 'mailbox ID')
    .option('--ods-code <code>', 'ODS code of your organisation')
    .option('--application <name>', 'name of your application, for the certificate desk')
    .option('--contact-name <name>', 'who is responsible')
    .option('--contact-email <address>', 'address to which the desk replies')
    .option('--contact-telephone <number>', 'telephone number for the desk')
    .option('--files <dir>', 'folder for certificate, key and CA bundle, relative to the file')
    .option('--output <file>', 'write it to this file; an existing file is never overwritten')
    .action(async (options: InitOptions) => finish(await (await import('./init.ts')).run(options, io)));
  program
    .command('hash-password')
    .summary('hash a password for http.basic_auth')
    .description(
      'Asks for a password, or reads it from standard input, and prints its hash for http.basic_auth.password_hash. The password itself then need not be stored.',
    )
    .action(async () => finish(await (await import('./hash-password.ts')).run(io)));
  program
    .command('permissions')
    .summary('print what the secret stores have to allow')
    .description(
      'Prints, for each secret store that the configuration names, the exact policy with which this service can read what it needs, and no more: IAM policy, Azure role assignments, Vault policy, Kubernetes Role. No store is asked.',
    )
    .addOption(configuration())
    .addOption(format('text', 'json'))
    .action(async (options: PermissionsOptions) => finish(await (await import('./permissions.ts')).run(options, io)));
  program
    .command('demo')
    .summary('run a demonstration on this machine')
    .description(
      'Runs a throwaway PKI, a MESH stand-in that requires client certificates, a mail catcher, and several environments in different states, on loopback only. Prints the addresses. Ctrl-C stops it and removes everything.',
    )
    .option('--port <number>', 'port of the status page; 0 means any free port', parsePort, 9807)
    .addOption(
      new Option('--at <duration>', 'show the environments this far in the future, for example 90d')
        .argParser(parseSpan)
        .default(0, 'now'),
    )
    .action(async ({ at, port }: { at: number; port: number }) => {
      const options: DemoOptions = { port, atMs: at };
      finish(await (await import('./demo.ts')).run(options, io));
    });
}
