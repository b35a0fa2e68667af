import type { ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { examine } from '../examine/index.ts';
import { renewalSubject } from '../renewal/index.ts';
import { joined, type SafeText, say } from '../text/index.ts';
import { askDesk } from './ask-desk.ts';
import { type CommandIo, type ExitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewOptions } from './options.ts';

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
  const { reason, dryRun, output = `renewal-${environment.name}` } = options;
  return askDesk(configuration, subject, { asked: reason === undefined ? {} : { reason }, dryRun, output }, io);
}

function withKey(environment: ResolvedEnvironment, key: RenewOptions['key']): ResolvedEnvironment {
  return key ? { ...environment, renewal: { ...environment.renewal, key } } : environment;
}

function unreadable({ problems }: DeployedCredential): SafeText {
  return joined([say`the deployed client certificate cannot be read`, ...problems.map(({ message }) => message)], '\n');
}
