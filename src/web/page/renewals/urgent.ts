/** Which renewals need somebody. Pure. */
import { catalogue, type Finding } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';

export const isAboutRenewal = ({ code, severity }: Finding): boolean =>
  severity !== 'info' && catalogue[code].group === 'renewal';

/** The first to expire first. */
export function urgentRenewals(environments: readonly EnvironmentStatus[]): EnvironmentStatus[] {
  const expiry = ({ expiresAt }: EnvironmentStatus) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return environments
    .filter(({ findings }) => findings.some(isAboutRenewal))
    .sort((a, b) => expiry(a) - expiry(b))
    .slice(0, most);
}

/** More would be a page of their own; the overview shows them all. */
const most = 50;
