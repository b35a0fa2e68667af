/** What to do, where it is not what the catalogue of findings says. */
import type { RenewalRecord } from './types.ts';

export function forwardRemedy({ messageFile }: Pick<RenewalRecord, 'messageFile'>, desk: readonly string[]): string {
  const where = messageFile === undefined ? '' : `: it is ${messageFile} in the state directory`;
  return `Send the drafted request, with its attachments, to ${desk.join(', ')}${where}. Once that is done, run \`mesh-cert-monitor renewals resolve --sent\`.`;
}
export const issuedRemedy =
  'Deploy the certificate that was issued; `mesh-cert-monitor accept` says where each part goes.';
