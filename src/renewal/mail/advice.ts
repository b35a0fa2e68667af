/** What a message tells the contact to do: what the diagnosis of the environment says, so that it agrees with the page and with `check`. Pure. */
import { catalogue, type FindingCode } from '../../findings/index.ts';
import type { Told } from '../types.ts';

const runningOut: readonly FindingCode[] = [
  'certificate_expired',
  'certificate_expires_imminently',
  'certificate_expires_soon',
];

/** The cause has to do with getting a certificate. */
const isAboutRenewal = (code: FindingCode) => catalogue[code].group === 'renewal' || runningOut.includes(code);

const withCommand = (sentence: string, { command }: Told) =>
  command === undefined ? sentence : `${sentence}\n\n${command}`;

/** One paragraph: what to do about the renewal first. `own` where the diagnosis has something else to say first, or there is none. */
export function firstStep(told: Told | undefined, own: string): string {
  if (!told?.cause || !isAboutRenewal(told.cause.code)) return own;
  return withCommand(told.lastingAction, told);
}

/** A paragraph if something other than the renewal is wrong with the environment. */
export function otherTrouble(told: Told | undefined): string[] {
  if (!told?.cause || isAboutRenewal(told.cause.code)) return [];
  return [
    withCommand(
      `Something else needs attention in this environment, and comes first: ${told.headline}. ${told.lastingAction}`,
      told,
    ),
  ];
}

/** Whoever asks the desk has to say that nothing works any more. */
export const urgency = (told: Told | undefined): string[] =>
  told?.cause?.code === 'certificate_expired' ? [`${told.headline}. Telephone the desk, and say so.`] : [];

/** Nothing is left to be done, neither for the renewal nor for anything else. */
export const isQuiet = (told: Told | undefined): boolean => told?.cause === undefined;
