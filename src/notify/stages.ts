/** Which stage of an expiry the contact is to be told of. Pure. */
import { catalogue } from '../findings/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { daysUntil, isTooLateToAsk } from '../time/index.ts';
import type { AssessedCertificate } from '../verify/index.ts';

export interface DueStage {
  /** Days before expiry: the smallest configured number that has been reached. */
  readonly stage: number;
  /** The certificate on the path that expires first. */
  readonly certificate: AssessedCertificate;
}

/**
 * @param days - the configured stages, in any order
 * @returns undefined if none has been reached, nothing is known, or a renewal is on its way and needs nobody. A service that starts late names the
 * stage it is in, and not those that it has missed.
 */
export function dueStage(status: EnvironmentStatus, days: readonly number[], now: Date): DueStage | undefined {
  const { certificates, expiresAt } = status;
  if (!expiresAt) return undefined;
  const left = daysUntil(expiresAt, now);
  const stage = Math.min(...days.filter((each) => left <= each));
  if (!Number.isFinite(stage) || isOnItsWay(status, expiresAt, now)) return undefined;
  const certificate = certificates.find(
    (each) => each.onPath && each.certificate.notAfter.getTime() === expiresAt.getTime(),
  );
  return certificate && { stage, certificate };
}

/** The desk has the request or is being sent it, there is still time for an answer, and nobody here has to do anything. */
function isOnItsWay({ deskWorkingDays, findings, renewal }: EnvironmentStatus, expiresAt: Date, now: Date): boolean {
  const { record, state } = renewal;
  const asked = state === 'sending' || (state === 'requested' && record?.delivery === 'sent');
  const needsSomebody = findings.some(({ code }) => catalogue[code].group === 'renewal');
  return asked && !needsSomebody && !isTooLateToAsk(expiresAt, deskWorkingDays, now);
}
