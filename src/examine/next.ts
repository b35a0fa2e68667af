/** What the store holds for the next deployment, beside what is deployed. Pure. */
import { type Finding, finding } from '../findings/index.ts';
import { londonTime } from '../time/index.ts';
import { type Assessment, invalidates } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';

export interface Next {
  /** Where it is, as messages name it. */
  readonly place: string;
  readonly assessment: Assessment;
}

/** Nothing if both are the same. None of it says anything against what is deployed. */
export function judgeNext(deployed: Assessment, { place, assessment }: Next): Finding[] {
  const stores = assessment.findings.filter(({ code }) => code === 'store_unavailable');
  const against = assessment.findings.filter((each) => invalidates(each) && !stores.includes(each));
  // Nobody knows what the next one is. It is not the deployed one, so it is no more than a warning.
  const silent = stores.map((each): Finding => ({ ...each, severity: 'warning' }));
  const [first, ...others] = against;
  if (first) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    const message = `The next deployment would be refused by MESH. ${place}: ${first.message}${more}`;
    const remedy = `Correct it before the next deployment. ${first.remedy}`;
    return [finding('next_certificate_invalid', message, { subject: place, remedy }), ...silent];
  }
  return [...silent, ...compared(clientOf(deployed), clientOf(assessment), place)];
}

const clientOf = ({ certificates }: Assessment): Certificate | undefined =>
  certificates.find(({ role }) => role === 'client')?.certificate;

function compared(deployed: Certificate | undefined, next: Certificate | undefined, place: string): Finding[] {
  if (!deployed || !next || deployed.fingerprintSha256 === next.fingerprintSha256) return [];
  const dates = `it expires on ${londonTime(next.notAfter)}, and the deployed one on ${londonTime(deployed.notAfter)}`;
  return next.notAfter < deployed.notAfter
    ? [
        finding('next_certificate_older', `The next deployment brings an older certificate. ${place}: ${dates}.`, {
          subject: place,
        }),
      ]
    : [
        finding('next_certificate_waiting', `The next deployment brings a new certificate. ${place}: ${dates}.`, {
          subject: place,
        }),
      ];
}
