/** What to do, where it is not what the catalogue of findings says. */
import { isInstallable, type ResolvedEnvironment } from '../config/index.ts';
import { ourCommand, say, shellWord } from '../text/index.ts';
import { laidOutAt } from './issued/laid-out.ts';
import type { Deployment, RenewalRecord } from './types.ts';

type Drafted = Pick<RenewalRecord, 'messageFile'>;

export const forwardRemedy = (record: Drafted, desk: readonly string[]): string =>
  `Send the drafted request, with its attachments, to ${desk.join(', ')}${whereIs(record)}. Once that is done, run \`${resolveSent}\`.`;

/** When the desk’s usual time is over. */
export const urgentForwardRemedy = (record: Drafted, desk: readonly string[]): string =>
  `Send the drafted request, with its attachments, to ${desk.join(', ')} now${whereIs(record)}. Then telephone the desk and ask it to treat the request as urgent, and run \`${resolveSent}\`.`;

const resolveSent = 'mesh-cert-monitor renewals resolve --sent';

const whereIs = ({ messageFile }: Drafted) =>
  messageFile === undefined ? '' : `: it is ${messageFile} in the state directory`;

/** How to deploy what `accept` has laid out for this renewal. */
export function deploymentOf(
  record: RenewalRecord,
  { environment, configurationFile }: { readonly environment: ResolvedEnvironment; readonly configurationFile: string },
  stateDir: string,
): Deployment {
  const files = laidOutAt(record, stateDir);
  const instructions = shellWord(files.instructions);
  const follow = say`Deploy the certificate that was issued: follow ${instructions}`;
  if (!isInstallable(environment)) return { remedy: say`${follow}.`, command: say`cat ${instructions}` };
  const place = { configurationFile, environment: environment.name };
  const command = ourCommand('accept', place, `--install ${shellWord(files.certificate)}`);
  return { remedy: say`${follow}, or run \`${command}\`.`, command };
}
