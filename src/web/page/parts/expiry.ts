/** The lifetime of an environment’s credential, as the time bar shows it. */
import { catalogue } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import type { Mark } from './time-bar.tsx';
import type { Standing } from './words.ts';

/** The colour of the time left. The environment may be in a worse state for another reason. */
export function expiryStanding({ findings }: EnvironmentStatus): Standing {
  const about = findings.filter(
    ({ code }) =>
      catalogue[code].group === 'renewal' || (/expire/.test(code) && code !== 'server_certificate_expires_soon'),
  );
  if (about.some(({ severity }) => severity === 'critical')) return 'critical';
  return about.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}

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
