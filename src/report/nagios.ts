/**
 * One line for monitoring plugins (Nagios, Icinga, Checkmk, Zabbix): what is wrong first, then performance data.
 * Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Performance data".
 */
import type { EnvironmentStatus } from '../status/types.ts';
import { dayMs, daysUntil } from '../time/duration.ts';
import { worstStatus } from './json.ts';
import { escapeControls } from './terminal.ts';
import { plural } from './time.ts';

export interface NagiosEnvironment {
  readonly status: EnvironmentStatus;
  /** From the configuration: the thresholds that the days left are judged by. */
  readonly thresholds: { readonly warningMs: number; readonly criticalMs: number };
}

export function nagiosLine(environments: readonly NagiosEnvironment[], now: Date): string {
  const worst = worstStatus(environments.map(({ status }) => status.status));
  const inOrder = (['critical', 'warning', 'ok'] as const).flatMap((status) =>
    environments.filter((environment) => environment.status.status === status),
  );
  const text = inOrder.map(({ status }) => sentenceOf(status, now)).join('; ');
  const data = environments.flatMap((environment) => performanceData(environment, now)).join(' ');
  return `${worst.toUpperCase()} - ${oneLine(text)}${data && `|${data}`}\n`;
}

/** The plugin's answer when there is nothing to judge; goes with exit code 3. */
export function nagiosUnknown(why: string): string {
  return `UNKNOWN - ${oneLine(why)}\n`;
}

function sentenceOf(environment: EnvironmentStatus, now: Date): string {
  const { credentialConfigured, expiresAt, findings, handshake, name } = environment;
  const troubles = findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
  const facts = [
    ...(credentialConfigured ? [daysLeft(expiresAt, now)] : []),
    ...(handshake.last ? [handshake.last.reason ?? 'handshake ok'] : []),
    ...new Set(troubles),
  ];
  return `${name} ${facts.length > 0 ? facts.join(', ') : 'nothing to judge'}`;
}

function daysLeft(expiresAt: Date | undefined, now: Date): string {
  return expiresAt ? `${plural(daysUntil(expiresAt, now), 'day')} left` : 'expiry unknown';
}

/** `'integration_days'=262;45:;14:`: `45:` alerts below 45. `U` is a value that could not be determined. */
function performanceData({ status, thresholds }: NagiosEnvironment, now: Date): string[] {
  const { credentialConfigured, expiresAt, handshake, name } = status;
  const warning = thresholds.warningMs / dayMs;
  const critical = thresholds.criticalMs / dayMs;
  const days = expiresAt ? daysUntil(expiresAt, now) : 'U';
  return [
    ...(credentialConfigured ? [`${label(`${name}_days`)}=${days};${bound(warning)}:;${bound(critical)}:`] : []),
    ...(handshake.last ? [`${label(`${name}_handshake`)}=${seconds(handshake.last.phases)}s;;;0`] : []),
  ];
}

const bound = (days: number) => String(Number(days.toFixed(3)));
const seconds = (phases: Readonly<Record<string, number>>) =>
  Object.values(phases)
    .reduce((sum, phase) => sum + phase, 0)
    .toFixed(3);

/** A label may hold anything but `=`; a quote in it is doubled. */
const label = (name: string) => `'${oneLine(name).replaceAll('=', '_').replaceAll("'", "''")}'`;
/** `|` would begin the performance data, a line end the long text. */
const oneLine = (text: string) => escapeControls(text).replaceAll('|', '/');
