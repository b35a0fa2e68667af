/** What `renew` and `request` share: drafting for a look, or asking the desk, and saying what came of it. */
import { join, resolve } from 'node:path';
import type { Configuration } from '../config/index.ts';
import {
  draftByHand,
  type RenewalState,
  type RenewalSubject,
  type RenewOutcome,
  renewByHand,
} from '../renewal/index.ts';
import { ourCommand, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

interface Asking {
  readonly asked: { readonly reason?: string };
  readonly dryRun: boolean;
  /** Directory for the files of a dry run, as typed. */
  readonly output: string;
}

export async function askDesk(
  configuration: Configuration,
  subject: RenewalSubject,
  asking: Asking,
  io: CommandIo,
): Promise<ExitCode> {
  if (asking.dryRun) return dryRun(configuration, subject, asking, io);
  const ask = () => renewByHand(configuration, subject, asking.asked, io.env, io.now());
  return report(configuration, subject.environment.name, await storeErrorsAsUsage(ask), io);
}

async function dryRun(
  configuration: Configuration,
  subject: RenewalSubject,
  { asked, output }: Asking,
  io: CommandIo,
): Promise<ExitCode> {
  const { name } = subject.environment;
  const directory = resolve(output);
  const outcome = await draftByHand(configuration, subject, { directory, ...asked }, io.env, io.now());
  if ('refused' in outcome) {
    io.stderr(say`${name}: the request cannot be drafted: ${outcome.refused}\n`);
    return exitCode.critical;
  }
  const { draft, files } = outcome;
  const { toDesk } = draft;
  const people = addresses([...draft.message.to, ...draft.message.cc]);
  const way = draft.message === toDesk ? people : say`${people}, to be forwarded to ${addresses(toDesk.to)}`;
  io.stdout(say`Nothing was sent and nothing was recorded. The request would go to ${way}:\n  ${toDesk.subject}\n`);
  for (const [what, file] of [
    ['private key, encrypted', files.keyFile],
    ['certificate request', files.csrFile],
    ['email to the desk', files.messageFile],
  ] as const)
    if (file) io.stdout(say`  ${join(directory, file)} (${what})\n`);
  return exitCode.ok;
}

const addresses = (people: readonly { readonly address: string }[]) => people.map(({ address }) => address).join(', ');

const madeAlready = 'the request has been made already';
const whyNotAgain: Readonly<Record<RenewalState, string>> = {
  not_due: madeAlready,
  due: madeAlready,
  failed: madeAlready,
  sending: 'the request is being sent',
  requested: madeAlready,
  uncertain: 'the desk may have the request already',
  issued: 'the new certificate has come back already',
  deployed: 'this certificate has been replaced already',
};

function report({ path, stateDir }: Configuration, name: string, outcome: RenewOutcome, io: CommandIo): ExitCode {
  switch (outcome.kind) {
    case 'requested':
      io.stdout(say`${name}: ${outcome.reason}\n`);
      if (outcome.problem) io.stderr(say`${name}: ${outcome.problem}\n`);
      return outcome.problem ? exitCode.warning : exitCode.ok;
    case 'left_to_service':
      io.stdout(say`${name}: the running service sends the request at its next check\n`);
      return exitCode.ok;
    case 'not_in_window':
      throw new UsageError(
        say`${name}: nothing is sent. The service is running on ${stateDir}, and makes the request when the renewal window opens. To make it now, stop the service, run this command again, and start the service`,
      );
    case 'not_checked_yet':
      throw new UsageError(
        say`${name}: nothing is sent. The service is running on ${stateDir}, and has not checked this certificate yet: run this command again after its next check`,
      );
    case 'asked_already': {
      const why = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
      io.stderr(say`${name}: nothing is sent, because ${whyNotAgain[outcome.state]}${why}\n`);
      if (outcome.state === 'uncertain') {
        const settle = ourCommand('renewals resolve', { configurationFile: path, environment: name });
        io.stderr(say`${name}: find out whether it arrived, then first run: ${settle} --sent (or --not-sent)\n`);
      }
      return exitCode.warning;
    }
    case 'not_sent':
      io.stderr(say`${name}: the request was not sent: ${outcome.reason}\n`);
      return exitCode.critical;
  }
}
