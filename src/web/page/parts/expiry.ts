/** The lifetime of an environment’s credential, as the time bar shows it. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import type { Mark } from './time-bar.tsx';

export interface Life {
  readonly from: Date;
  readonly until: Date;
  readonly marks: readonly Mark[];
}

/** Undefined if there is no certificate. */
export function lifeOf({ certificates, expiresAt, renewal }: EnvironmentStatus): Life | undefined {
  const client = certificates.find(({ role }) => role === 'client')?.certificate;
  if (!client || !expiresAt) return undefined;
  const marks = [
    renewal.dueAt && { kind: 'window' as const, at: renewal.dueAt },
    renewal.lastSafeDay && { kind: 'last-safe' as const, at: renewal.lastSafeDay },
    renewal.requestedAt && { kind: 'asked' as const, at: renewal.requestedAt },
  ].filter((mark) => mark !== undefined);
  return { from: client.notBefore, until: expiresAt, marks };
}
