/** What is remembered of an environment's states. */
import type { FindingCode, Status } from '../findings/index.ts';
import type { EnvironmentStatus } from './types.ts';

/** Days that are shown, today among them. */
export const pastDays = 90;

export interface PastStates {
  /** The present status has had the present cause since then. Undefined if that is not known. */
  readonly since?: Date;
  /** The worst status on each of the last {@link pastDays} days in London, oldest first. Undefined for a day on which nobody looked. */
  readonly days: readonly (Status | undefined)[];
}

/**
 * Until an environment has been checked and MESH has been asked, its state is that of a program that has just started.
 * @example
 * for (const each of estate.environments) if (isSettled(each)) states.note(each.name, each.status, causeOf(each), now);
 */
export const isSettled = ({ handshake, lastRunAt, renewal }: EnvironmentStatus): boolean =>
  lastRunAt !== undefined && (handshake.last !== undefined || renewal.first !== undefined);

/** Empty if nothing needs attention. */
export const causeOf = ({ diagnosis }: EnvironmentStatus): FindingCode | '' => diagnosis.cause?.code ?? '';
