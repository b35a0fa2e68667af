import type { ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { examine } from '../examine/index.ts';
import { firstSubject } from '../renewal/index.ts';
import { joined, type SafeText, say } from '../text/index.ts';
import { askDesk } from './ask-desk.ts';
import { type CommandIo, type ExitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RequestOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Requests the first certificate of an environment, or shows what would be sent. */
export async function run(options: RequestOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = findEnvironment(configuration, options.environment);
  const { name } = environment;
  if (environment.renewal.desk.length === 0)
    throw new UsageError(say`${name} has no certificate desk: there is nobody to ask (renewal.desk)`);
  const examination = await examine(environment, undefined, io.env, io.now());
  if (!examination)
    throw new UsageError(say`${name} has no credential: say where certificate, key and CA bundle will be (credential)`);
  const keyIsThere = !(examination.credential.missing ?? []).includes('privateKey');
  const chosen = withKey(environment, options.key, keyIsThere);
  if (options.key === 'existing' && !examination.credential.privateKey)
    throw new UsageError(unreadable(environment, examination.credential));
  const subject = await storeErrorsAsUsage(async () => firstSubject(configuration, chosen, examination));
  if ('refused' in subject) throw new UsageError(subject.refused);
  const { dryRun, output = `request-${name}` } = options;
  return askDesk(configuration, subject, { asked: {}, dryRun, output }, io);
}

function unreadable({ name }: ResolvedEnvironment, { problems }: DeployedCredential): SafeText {
  const why = problems.filter(({ code }) => code.startsWith('private_key_') || code.startsWith('passphrase_'));
  return joined([say`the private key of ${name} cannot be read`, ...why.map(({ message }) => message)], '\n');
}

/** A key that is there already may be the one whose request a person has made by hand: it is neither used nor replaced unsaid. */
function withKey(environment: ResolvedEnvironment, key: RequestOptions['key'], isThere: boolean): ResolvedEnvironment {
  const isPem = environment.credential?.kind === 'pem';
  if (key === undefined && isThere && isPem)
    throw new UsageError(
      say`${environment.name} has a private key already\nSay --key existing to request the certificate for it, or --key new to make another.`,
    );
  return { ...environment, renewal: { ...environment.renewal, key: key === 'existing' ? 'reuse' : 'new' } };
}
