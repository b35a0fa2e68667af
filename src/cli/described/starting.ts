/** What the commands take with which one starts. */
import { Argument, type Command, Option } from 'commander';
import { parsePort, parseSpan } from '../arguments.ts';
import type { CommandIo } from '../command.ts';
import type { Shell } from '../completion/index.ts';
import { configuration, type Finish, format } from '../help.ts';
import type { CompletionOptions, DemoOptions, InitOptions, PermissionsOptions } from '../options.ts';

export function addStarting(program: Command, io: CommandIo, finish: Finish): void {
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
    .action(async (options: InitOptions) => finish(await (await import('../init.ts')).run(options, io)));
  program
    .command('hash-password')
    .summary('hash a password for http.basic_auth')
    .description(
      'Asks for a password, or reads it from standard input, and prints its hash for http.basic_auth.password_hash. The password itself then need not be stored.',
    )
    .action(async () => finish(await (await import('../hash-password.ts')).run(io)));
  program
    .command('permissions')
    .summary('print the permissions needed in secret stores')
    .description(
      'Prints, for each secret store that the configuration names, the exact policy with which this service can read what it needs, and no more: IAM policy, Azure role assignments, Vault policy, Kubernetes Role. No store is contacted.',
    )
    .addOption(configuration())
    .option('--install', 'also what `accept --install` writes', false)
    .addOption(format('text', 'json'))
    .action(async (options: PermissionsOptions) => finish(await (await import('../permissions.ts')).run(options, io)));
  program
    .command('demo')
    .summary('run a demonstration on this machine')
    .description(
      'Runs a throwaway PKI, a MESH stand-in that requires client certificates, a mail catcher, and several environments in different states, on loopback only. Prints the addresses. Ctrl-C stops it and removes everything.',
    )
    .option('--port <number>', 'port of the status page; if it is in use, or 0, another one is chosen', parsePort, 9807)
    .addOption(
      new Option('--at <duration>', 'show the environments this far in the future, for example 90d')
        .argParser(parseSpan)
        .default(0, 'now'),
    )
    .action(async ({ at, port }: { at: number; port: number }) => {
      const options: DemoOptions = { port, atMs: at };
      finish(await (await import('../demo.ts')).run(options, io));
    });
}

export function addCompletion(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('completion')
    .summary('print completion for your shell')
    .description(
      'Prints a script with which the shell completes commands, options and their values. The Debian package installs it for all three shells.',
    )
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .option('--environments-of <file>', 'print the names in this configuration instead: for the scripts themselves')
    .action(async (shell: Shell, options: CompletionOptions) =>
      finish(await (await import('../completion.ts')).run(program, shell, options, io)),
    );
}
