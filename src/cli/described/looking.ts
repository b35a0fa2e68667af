/** What the commands take that look at files, without a configuration. */
import { Argument, type Command, Option } from 'commander';
import type { CommandIo } from '../command.ts';
import { type Finish, format, time } from '../help.ts';
import type { BundleOptions, InspectOptions } from '../options.ts';

export function addLooking(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command('inspect')
    .summary('inspect certificate files, without a configuration')
    .description(
      'Shows the chain as a tree, what is in the certificate, and any problems. Give the parts of a credential as options, or any files, folders and patterns, which are inspected for what they hold. Use - for standard input. Nothing leaves this machine, except with --connect.',
    )
    .addArgument(new Argument('[files...]', 'files, folders and patterns: certificates, keys, bundles and keystores'))
    .option(
      '--cert <file>',
      'client certificate, PEM or DER; without --ca-bundle, the others in the file are its chain',
    )
    .option('--key <file>', 'private key, PEM or DER')
    .option('--passphrase-env <name>', 'environment variable with the passphrase of the key or keystore')
    .option('--ca-bundle <file>', 'root and intermediate CA certificates')
    .addOption(
      new Option('--keystore <file>', 'PKCS#12 or JKS, instead of --cert and --key').conflicts(['cert', 'key']),
    )
    .option('--alias <name>', 'which key entry to use, if the keystore has several')
    .addOption(
      new Option(
        '--connect <host:port>',
        'the chain that this server presents, instead of files; it is trusted if the NHS CAs, the system or --ca-bundle vouch for it',
      ).conflicts(['cert', 'key', 'keystore', 'alias', 'at', 'chainOrder', 'passphraseEnv']),
    )
    .addOption(time('check as at this time instead of now'))
    .addOption(
      new Option('--chain-order <root-first|leaf-first>', 'required order of the bundle')
        .choices(['root-first', 'leaf-first'])
        .default(undefined, 'root-first'),
    )
    .addOption(format('text', 'json', 'pem'))
    .addOption(
      new Option('-q, --quiet', 'print the verdict alone, and that only if something is wrong').conflicts('format'),
    )
    .action(async (files: readonly string[], options: InspectOptions) =>
      finish(await (await import('../inspect.ts')).run({ ...options, files }, io)),
    );
}

export function addBundle(program: Command, io: CommandIo, finish: Finish): void {
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
      finish(await (await import('../bundle.ts')).run({ ...options, files }, io)),
    );
}
