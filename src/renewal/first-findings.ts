/** How far an environment is on the way to its first certificate: one finding, in place of those about files that cannot be there yet. Pure. */
import { type Finding, finding } from '../findings/index.ts';
import { ourCommand } from '../text/index.ts';
import { londonDay } from '../time/index.ts';
import { isUnanswered } from './decide.ts';
import type { RenewalFacts } from './decision.ts';
import { forwardRemedy } from './remedies.ts';
import { isDraft } from './states.ts';
import type { Deployment, RenewalRecord, RenewalStatus } from './types.ts';

type Circumstances = RenewalFacts & {
  readonly first?: RenewalStatus['first'];
  readonly record?: RenewalRecord;
  readonly deployment?: Deployment;
  /** Why it is where it is. */
  readonly reason: string;
};

export function firstFinding(circumstances: Circumstances, now: Date): Finding {
  const { environment, record, first, configurationFile } = circumstances;
  const { name, renewal } = environment;
  const ask = ourCommand('request', { configurationFile, environment: name });
  if (first === 'not_requested')
    return finding('nothing_deployed_yet', `${name} has no certificate yet, and none has been requested.`, {
      remedy: `Run \`${ask}\`. If there is a certificate already, put it where the configuration says that it is.`,
    });
  if (!record)
    return finding(
      'first_certificate_awaited',
      `${name} has no certificate yet; the configuration says that one is awaited.`,
      {
        remedy: `When it arrives, put certificate, key and CA bundle where the configuration says.${renewal.desk.length > 0 ? ` If nobody has asked for it, run \`${ask}\`.` : ''}`,
      },
    );
  const isLate = isUnanswered(record, environment, now);
  const { message, remedy } = wordsFor(record, circumstances, isLate);
  return finding('first_certificate_awaited', `${name} has no certificate yet: ${message}.`, {
    severity: isLate || isDraft(record) ? 'warning' : 'info',
    remedy:
      remedy ?? `The desk usually answers within ${renewal.deskWorkingDays} working days. ${acceptIt(circumstances)}`,
  });
}

interface Words {
  readonly message: string;
  readonly remedy?: string;
}

function wordsFor(record: RenewalRecord, circumstances: Circumstances, isLate: boolean): Words {
  const { environment, configurationFile, deployment, reason } = circumstances;
  const { requestedAt } = record;
  const on = requestedAt ? ` on ${londonDay(requestedAt)}` : '';
  const resolve = ourCommand('renewals resolve', { configurationFile, environment: record.environment });
  switch (record.state) {
    case 'requested':
      if (isDraft(record))
        return {
          message: `the request was drafted${on} and has to be sent to the desk`,
          remedy: forwardRemedy(record, environment.renewal.desk),
        };
      if (isLate)
        return {
          message: `it was requested${on}, and the desk has not answered`,
          remedy: `Reply to the request (the contact has a copy), or telephone the desk. ${acceptIt(circumstances)}`,
        };
      return { message: `it was requested${on}` };
    case 'uncertain':
      return {
        message: `it is not known whether the ${environment.renewal.mode === 'send' ? 'desk has' : 'contact has received'} the request`,
        remedy: `Find out, then run \`${resolve} --sent\` or \`${resolve} --not-sent\`.`,
      };
    case 'issued':
      return {
        message: 'it was issued and has to be deployed',
        ...(deployment ? { remedy: deployment.remedy } : {}),
      };
    default:
      return {
        message: `the request has not been sent: ${reason}`,
        remedy: `Fix the problem that is named, then run \`${ourCommand('request', { configurationFile, environment: environment.name })}\`.`,
      };
  }
}

const acceptIt = (circumstances: Circumstances) =>
  `When the certificate arrives, save the email and run \`${acceptCommand(circumstances)} --install\`.`;

const acceptCommand = ({ configurationFile, environment: { name } }: Circumstances) =>
  ourCommand('accept', { configurationFile, environment: name }, 'ISSUED.eml');
