/** When a renewal is due, and how that is put into words. Pure. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { dayMs, londonDay } from '../time/index.ts';
import type { Assessment } from '../verify/index.ts';
import { type Certificate, nameOf } from '../x509/index.ts';
import type { RenewalRecord } from './types.ts';

/** When the renewal window of a certificate opens; undefined if nothing is requested until a person asks. */
export function dueAt({ renewal }: ResolvedEnvironment, { notAfter }: { readonly notAfter: Date }): Date | undefined {
  return renewal.mode === 'manual' ? undefined : new Date(notAfter.getTime() - renewal.windowMs);
}

/** False for a sandbox without a desk. Where a person asks for certificates, it may be in another way than at a desk that we know. */
export const hasRenewals = ({ renewal }: ResolvedEnvironment): boolean =>
  renewal.desk.length > 0 || renewal.mode === 'manual';

/** Whether this is the time at which a new certificate is due, whoever asks for it. */
export const isInWindow = (
  { renewal }: ResolvedEnvironment,
  { notAfter }: { readonly notAfter?: Date },
  now: Date,
): boolean => notAfter === undefined || now.getTime() >= notAfter.getTime() - renewal.windowMs;

/** Whether it may be asked for now. A first certificate has no window: somebody asked for it. */
export const isDue = (
  environment: ResolvedEnvironment,
  certificate: { readonly notAfter?: Date },
  now: Date,
): boolean =>
  (certificate.notAfter === undefined || environment.renewal.mode !== 'manual') &&
  isInWindow(environment, certificate, now);

interface Deployed {
  readonly environment: ResolvedEnvironment;
  readonly assessment?: Assessment;
}

export function dueReason(
  { environment, assessment }: Deployed,
  { notAfter }: { readonly notAfter?: Date },
  now: Date,
): string {
  if (!notAfter) return 'the first certificate of this environment is being requested';
  const [ends, is] = notAfter < now ? ['expired', 'was'] : ['expires', 'is'];
  const opens = dueAt(environment, { notAfter });
  const when = opens
    ? `its renewal ${is} due from ${londonDay(opens)}`
    : 'its renewal is not requested until you ask for it (renewal.mode is manual)';
  const due = `the certificate ${ends} on ${londonDay(notAfter)}; ${when}`;
  const ca = assessment && caThatEndsFirst(assessment);
  return ca
    ? `${due}. ${nameOf(ca.subject, longestName)} expires on ${londonDay(ca.notAfter)}, before the three years of a new certificate are over: ask for the chain of its successor`
    : due;
}

/** A request that is due, and could not be made or sent, says why: once. */
export const withError = (reason: string, record: Pick<RenewalRecord, 'lastError' | 'state'> | undefined): string =>
  record?.state === 'due' && record.lastError && !reason.includes(record.lastError)
    ? `${reason}; ${record.lastError}`
    : reason;

const longestName = 80;
const threeYearsMs = 3 * 365 * dayMs;

/** A CA on the path that will expire too soon for a certificate issued now to last its full time. */
export function caThatEndsFirst(assessment: Assessment): Certificate | undefined {
  return authoritiesOf(assessment)
    .filter(({ notAfter }) => notAfter.getTime() < assessment.assessedAt.getTime() + threeYearsMs)
    .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())[0];
}

/** When `caThatEndsFirst` names one that it does not name yet; undefined if it never will. */
export function nextCaMention(assessment: Assessment, now: Date): Date | undefined {
  const moments = authoritiesOf(assessment)
    .map(({ notAfter }) => notAfter.getTime() - threeYearsMs)
    .filter((moment) => moment >= now.getTime());
  return moments.length === 0 ? undefined : new Date(Math.min(...moments));
}

const authoritiesOf = ({ certificates }: Assessment): Certificate[] =>
  certificates.filter(({ role, onPath }) => role !== 'client' && onPath).map(({ certificate }) => certificate);
