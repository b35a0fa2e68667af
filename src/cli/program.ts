/** Every command and option of the product, and nothing of what they do: each command's module is loaded when it is called. */
import { Argument, Command, Option } from 'commander';
import { collect, parsePort, parseSpan } from './arguments.ts';
import type { CommandIo, ExitCode } from './command.ts';
import {
  commandsOf,
  configuration,
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
  CheckOptions,
  DemoOptions,
  InitOptions,
  InspectOptions,
  RenewalsOptions,
  RenewOptions,
  ResolveOptions,
  ServeOptions,
} from './options.ts';

export const programName = 'mesh-cert-monitor';

type Finish = (code: ExitCode) => void;

export function createProgram(io: CommandIo, version: string, finish: Finish): Command {
  const program = new Command(programName)
    .description(
      'Watches the certificates that an organisation uses on NHS MESH, proves that they work, and asks for new ones in time.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureHelp(helpStyle)
    .hook('preAction', (_, command) => refuseIncomplete(command))
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => false,
    })
    .addHelpText('after', exitCodeHelp());
  addWatching(program, io, finish);
  addLooking(program, io, finish);
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
      'Runs until SIGTERM or SIGINT. SIGHUP, or a change of the file, reloads the configuration; a wrong one is refused and the running one kept.',
    )
    .addOption(configuration())
    .action(async (options: ServeOptions) => finish(await (await import('./serve.ts')).run(options, io)));
  program
    .command('check')
    .summary('check every environment once')
    .description(
      'Checks what is deployed, makes a handshake with MESH, and shows what stands in the record of renewals where there is one. The worst severity is the exit code.',
    )
    .addOption(configuration())
    .option('--environment <name>', 'only this environment; may be given several times', collect)
    .option('--offline', 'no handshake: judge the files alone', false)
    .addOption(time('judge as at this time instead of now; implies --offline, for a handshake only tells about now'))
    .addOption(format('text', 'json', 'nagios'))
    .action(async (options: CheckOptions) => finish(await (await import('./check.ts')).run(options, io)));
}

function addLooking(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('inspect')
    .summary('look at certificate files, without a configuration')
    .description(
      'Prints the chain as a tree and what is wrong with it. Give whatever there is: a bundle alone, a certificate alone, or all of them. Nothing leaves this machine.',
    )
    .option('--cert <file>', 'client certificate, PEM or DER')
    .option('--key <file>', 'private key, PEM or DER')
    .option('--passphrase-env <name>', 'environment variable that holds the passphrase of the key or keystore')
    .option('--ca-bundle <file>', 'root and intermediate CA certificates')
    .addOption(
      new Option('--keystore <file>', 'PKCS#12 or JKS, instead of --cert and --key').conflicts(['cert', 'key']),
    )
    .addOption(time('judge as at this time instead of now'))
    .addOption(
      new Option('--chain-order <root-first|leaf-first>', 'the order that the bundle must have')
        .choices(['root-first', 'leaf-first'])
        .default('root-first'),
    )
    .addOption(format('text', 'json'))
    .action(async (options: InspectOptions) => finish(await (await import('./inspect.ts')).run(options, io)));
}

function addRenewing(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('renew')
    .summary('draft the key, the certificate request and the e-mail now')
    .description('Asks for a new certificate without waiting for the renewal window.')
    .addOption(configuration())
    .addOption(environment())
    .option('--dry-run', 'send nothing, record nothing, and leave the files in the directory of --output', false)
    .addOption(
      new Option('--key <new|reuse>', 'a new key or the deployed one (default: as configured)').choices([
        'new',
        'reuse',
      ]),
    )
    .option('--output <dir>', 'directory for the files of a dry run (default: renewal-NAME in the working directory)')
    .action(async (options: RenewOptions) => finish(await (await import('./renew.ts')).run(options, io)));
  program
    .command('accept')
    .summary('check the certificate that came back from the desk')
    .description(
      'Is it the one that was asked for? Verifies it, rehearses a handshake with it, and says where to put what.',
    )
    .addArgument(new Argument('<issued>', 'the file that came back, PEM or DER'))
    .addOption(configuration())
    .addOption(environment())
    .option('--install', 'also replace the deployed files, keeping the previous ones', false)
    .addOption(format('text', 'json'))
    .action(async (issued: string, options: Omit<AcceptOptions, 'issued'>) =>
      finish(await (await import('./accept.ts')).run({ ...options, issued }, io)),
    );
  const renewals = program
    .command('renewals')
    .summary('list every renewal, its state and its dates')
    .description('Lists every renewal, its state and its dates.')
    .addOption(configuration())
    .addOption(format('text', 'json'))
    .action(async (options: RenewalsOptions) => finish(await (await import('./renewals.ts')).run(options, io)));
  addResolve(renewals, io, finish);
}

function addResolve(renewals: Command, io: CommandIo, finish: Finish): void {
  renewals
    .command('resolve')
    .summary('settle a renewal that a crash left uncertain')
    .description('Says whether the request reached the desk, once a person knows.')
    .configureHelp({ ...helpStyle, showGlobalOptions: true, visibleGlobalOptions: requiredGlobalOptions })
    .addOption(environment())
    .addOption(new Option('--sent', 'the desk has the request').conflicts('notSent'))
    .addOption(new Option('--not-sent', 'the desk does not have it: it may be sent again').conflicts('sent'))
    .action(async (_: unknown, command: Command) => {
      const { config, environment, notSent, sent } = command.optsWithGlobals();
      if (!sent && !notSent) command.error("error: one of '--sent' and '--not-sent' is needed");
      const options: ResolveOptions = { config, environment, outcome: sent ? 'sent' : 'not-sent' };
      finish(await (await import('./renewals.ts')).resolve(options, io));
    });
}

function addStarting(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('init')
    .summary('write a commented starter configuration')
    .description('Writes a commented starter configuration, to standard output unless a file is named.')
    .option('--output <file>', 'write it here; an existing file is never overwritten')
    .action(async (options: InitOptions) => finish(await (await import('./init.ts')).run(options, io)));
  program
    .command('hash-password')
    .summary('make the hash of a password for http.basic_auth')
    .description(
      'Asks for the password, or reads it from standard input, and prints what belongs to http.basic_auth.password_hash. The password itself need not be kept anywhere then.',
    )
    .action(async () => finish(await (await import('./hash-password.ts')).run(io)));
  program
    .command('demo')
    .summary('run a whole estate on this machine, to look at')
    .description(
      'A throwaway PKI, a MESH stand-in that demands client certificates, a mail catcher, and several environments in different states, on loopback only. Prints its addresses; Ctrl-C ends it and leaves nothing behind.',
    )
    .option('--port <number>', 'port of the status page; 0 takes any free one', parsePort, 9807)
    .addOption(
      new Option('--at <duration>', 'move the estate this far along its life, e.g. 90d')
        .argParser(parseSpan)
        .default(0, 'now'),
    )
    .action(async ({ at, port }: { at: number; port: number }) => {
      const options: DemoOptions = { port, atMs: at };
      finish(await (await import('./demo.ts')).run(options, io));
    });
}
