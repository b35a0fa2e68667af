/** The headings of the pages. Pure. */
import type { Finding } from '../../../findings/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { plural } from '../../../text/index.ts';
import { dayMs, shortLondonDay } from '../../../time/index.ts';
import { inLondon } from '../parts/times.tsx';
import { standingOf } from '../parts/words.ts';
import type { Tally } from './select.ts';

export function overviewHeading({ critical, warning, ok, unknown }: Tally): string {
  const all = critical + warning + ok + unknown;
  if (all === 0) return 'Nothing is being monitored';
  if (critical > 0)
    return `${critical} of ${plural(all, 'environment')} ${critical === 1 ? 'needs' : 'need'} action now${warning > 0 ? `, ${warning} more soon` : ''}`;
  if (warning > 0)
    return `${warning} of ${plural(all, 'environment')} ${warning === 1 ? 'needs' : 'need'} attention soon`;
  if (unknown > 0)
    return `${unknown} of ${plural(all, 'environment')} ${unknown === 1 ? 'has' : 'have'} not been checked yet`;
  return all === 1 ? 'All is well' : `All ${plural(all, 'environment')} are OK`;
}

type Ending = EnvironmentStatus & { readonly expiresAt: Date };

/** The next to expire. */
export function soonest(environments: readonly EnvironmentStatus[], now: Date): Ending | undefined {
  let first: Ending | undefined;
  for (const each of environments)
    if (each.expiresAt && each.expiresAt > now && (!first || each.expiresAt < first.expiresAt)) first = each as Ending;
  return first;
}

/** What is wrong with one environment, or that nothing is. */
export function environmentHeading(environment: EnvironmentStatus, now: Date): string {
  const { cause, headline } = environment.diagnosis;
  if (cause) return inLondon(headline);
  if (environment.renewal.first) return 'Waiting for the first certificate';
  if (standingOf(environment) === 'unknown') return 'Not checked yet';
  const { expiresAt } = environment;
  return expiresAt && expiresAt.getTime() - now.getTime() > dayMs
    ? `Works until ${shortLondonDay(expiresAt)}`
    : 'All is well';
}

export const worrying = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ severity }) => severity !== 'info');
