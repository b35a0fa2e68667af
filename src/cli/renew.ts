import { join, resolve } from 'node:path';
import type { Configuration, ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { examine } from '../examine/index.ts';
import { draftByHand, type RenewalSubject, type RenewOutcome, renewalSubject, renewByHand } from '../renewal/index.ts';
import { joined, type SafeText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Requests a new certificate now, without waiting for the window, or shows what would be sent. */
export async function run(options: RenewOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = withKey(findEnvironment(configuration, options.environment), options.key);
  const examination = await examine(environment, undefined, io.env, io.now());
  if (!examination) throw new UsageError(say`${environment.name} has no credential: there is nothing to renew`);
  if (environment.renewal.desk.length === 0)
    throw new UsageError(say`${environment.name} has no certificate desk: there is nobody to ask (renewal.desk)`);
  const subject = renewalSubject(environment, examination);
  if (!subject) throw new UsageError(unreadable(examination.credential));
  if (options.dryRun) return dryRun(configuration, subject, options, io);
  const asked = askedWith(options);
  const outcome = await storeErrorsAsUsage(() => renewByHand(configuration, subject, asked, io.env, io.now()));
  return report(environment.name, outcome, io);
}

function withKey(environment: ResolvedEnvironment, key: RenewOptions['key']): ResolvedEnvironment {
  return key ? { ...environment, renewal: { ...environment.renewal, key } } : environment;
}

const askedWith = ({ reason }: RenewOptions) => (reason === undefined ? {} : { reason });

function unreadable({ problems }: DeployedCredential): SafeText {
  return joined([say`the deployed client certificate cannot be read`, ...problems.map(({ message }) => message)], '\n');
}

async function dryRun(
  configuration: Configuration,
  subject: RenewalSubject,
  options: RenewOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const { name } = subject.environment;
  const directory = resolve(options.output ?? `renewal-${name}`);
  const asked = { directory, ...askedWith(options) };
  const outcome = await draftByHand(configuration, subject, asked, io.env, io.now());
  if ('refused' in outcome) {
    io.stderr(say`${name}: the request cannot be drafted: ${outcome.refused}\n`);
    return exitCode.critical;
  }
  const { message, files } = outcome;
  const people = [...message.to, ...message.cc].map(({ address }) => address).join(', ');
  io.stdout(say`Nothing was sent and nothing was recorded. The request would go to ${people}:\n  ${message.subject}\n`);
  for (const [what, file] of [
    ['private key, encrypted', files.keyFile],
    ['certificate request', files.csrFile],
    ['message', files.messageFile],
  ] as const)
    if (file) io.stdout(say`  ${join(directory, file)} (${what})\n`);
  return exitCode.ok;
}

function report(name: string, outcome: RenewOutcome, io: CommandIo): ExitCode {
  switch (outcome.kind) {
    case 'requested':
      io.stdout(say`${name}: ${outcome.reason}\n`);
      if (outcome.problem) io.stderr(say`${name}: ${outcome.problem}\n`);
      return outcome.problem ? exitCode.warning : exitCode.ok;
    case 'left_to_service':
      io.stdout(say`${name}: the running service sends the request at its next check\n`);
      return exitCode.ok;
    case 'not_in_window':
      throw new UsageError(say`${outcome.reason}. The running service sends the request when its window opens`);
    case 'asked_already': {
      const why = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
      io.stderr(say`${name}: nothing is sent, because the renewal is ${outcome.state}${why}\n`);
      return exitCode.warning;
    }
    case 'not_sent':
      io.stderr(say`${name}: the request was not sent: ${outcome.reason}\n`);
      return exitCode.critical;
  }
}
