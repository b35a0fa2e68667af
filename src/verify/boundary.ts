import type { DeployedCredential } from '../credential/index.ts';
import { dayMs } from '../time/index.ts';
import type { AssessmentPolicy } from './types.ts';

type Dated = Pick<DeployedCredential, 'certificate' | 'extraCertificates' | 'bundle'>;

/**
 * The earliest moment after `now` at which `assess` can say something else about an unchanged credential; undefined if it never will.
 * Every rule that takes the time compares it with a notBefore, with a notAfter, or with a notAfter less a threshold; and a finding
 * about a certificate that ends soon counts its days. It may be too early, but never too late.
 */
export function nextBoundary(credential: Dated, { thresholds }: AssessmentPolicy, now: Date): Date | undefined {
  const { certificate, extraCertificates, bundle } = credential;
  const soonMs = Math.max(thresholds.warningMs, thresholds.criticalMs);
  const at = now.getTime();
  let next = Number.POSITIVE_INFINITY;
  const consider = (moment: number) => {
    if (moment > at && moment < next) next = moment;
  };
  for (const { notBefore, notAfter } of [certificate ?? [], extraCertificates, bundle].flat()) {
    const [begins, ends] = [notBefore.getTime(), notAfter.getTime()];
    for (const moment of [begins, ends, ends - thresholds.warningMs, ends - thresholds.criticalMs]) {
      consider(moment);
      // Some comparisons change at the moment itself, and some directly after it.
      consider(moment + 1);
    }
    if (ends - at <= soonMs) consider(ends - Math.floor((ends - at) / dayMs) * dayMs + 1);
  }
  return next === Number.POSITIVE_INFINITY ? undefined : new Date(next);
}
