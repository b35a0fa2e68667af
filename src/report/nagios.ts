/**
 * One line for monitoring plugins (Nagios, Icinga, Checkmk, Zabbix): what is wrong first, then performance data.
 * Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Performance data".
 */
import type { EnvironmentStatus } from '../status/index.ts';
import { escaped, type SafeText, say } from '../text/index.ts';
import { dayMs, daysUntil, timeLeft } from '../time/index.ts';
import { worstStatus } from './json.ts';

/** The thresholds for the days left of an environment. */
type ThresholdsOf = (name: string) => { readonly warningMs: number; readonly criticalMs: number } | undefined;

/** What `check --format nagios` prints; the thresholds apply to the days left. */
export function nagiosLine(
  environments: readonly EnvironmentStatus[],
  thresholdsOf: ThresholdsOf,
  now: Date,
): SafeText {
  const worst = worstStatus(environments.map(({ status }) => status));
  const worstFirst = (['critical', 'warning', 'ok'] as const).flatMap((status) =>
    environments.filter((environment) => environment.status === status),
  );
  const text = worstFirst.map((environment) => sentenceOf(environment, now)).join('; ');
  const data = environments.flatMap((environment) => performanceData(environment, thresholdsOf, now)).join(' ');
  return say`${worst.toUpperCase()} - ${oneLine(text)}${data && `|${data}`}\n`;
}

/** The plugin's output if nothing could be checked; used with exit code 3. */
export function nagiosUnknown(why: string): SafeText {
  return say`UNKNOWN - ${oneLine(why)}\n`;
}

function sentenceOf(environment: EnvironmentStatus, now: Date): string {
  const { credentialConfigured, diagnosis, expiresAt, findings, handshake, name, renewal } = environment;
  // The reason for a failed handshake is already there.
  const troubles = findings.filter(({ code, severity }) => severity !== 'info' && code !== 'handshake_failed');
  const facts = [
    ...(credentialConfigured ? [renewal.first ? 'no certificate yet' : left(expiresAt, now)] : []),
    ...(handshake.last ? [handshake.last.reason ?? 'handshake ok'] : []),
    ...new Set(troubles.map(({ code }) => code)),
  ];
  const cause = diagnosis.cause ? `: ${diagnosis.headline}` : '';
  return `${name} ${facts.length > 0 ? facts.join(', ') : 'nothing to judge'}${cause}`;
}

/** In the words of `check`, so that the two agree at and after expiry. */
const left = (expiresAt: Date | undefined, now: Date): string =>
  expiresAt ? timeLeft(expiresAt, now) : 'expiry unknown';

/** `'integration_days'=262;45:;14:`: `45:` alerts below 45. `U` is a value that could not be determined. */
function performanceData(environment: EnvironmentStatus, thresholdsOf: ThresholdsOf, now: Date): string[] {
  const { credentialConfigured, expiresAt, handshake, name } = environment;
  const thresholds = thresholdsOf(name);
  const days = expiresAt ? daysUntil(expiresAt, now) : 'U';
  const bounds = thresholds ? `;${bound(thresholds.warningMs)};${bound(thresholds.criticalMs)}` : '';
  return [
    ...(credentialConfigured ? [`${label(`${name}_days`)}=${days}${bounds}`] : []),
    ...(handshake.last ? [`${label(`${name}_handshake`)}=${seconds(handshake.last.phases)};;;0`] : []),
  ];
}

const bound = (ms: number) => `${Number((ms / dayMs).toFixed(3))}:`;

/** The total of the phases that were reached. */
function seconds(phases: Readonly<Record<string, number>>): string {
  const reached = Object.values(phases);
  return reached.length === 0 ? 'U' : `${reached.reduce((sum, phase) => sum + phase, 0).toFixed(3)}s`;
}

/** A label can contain anything except `=`; a quote in it is doubled. */
const label = (name: string) => `'${oneLine(name).replaceAll('=', '_').replaceAll("'", "''")}'`;
/** `|` would start the performance data, and a line break the long text. */
const oneLine = (text: string) => escaped(text).replaceAll('|', '/');
