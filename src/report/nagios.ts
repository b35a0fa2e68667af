/**
 * One line for monitoring plugins (Nagios, Icinga, Checkmk, Zabbix): what is wrong first, then performance data.
 * Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Performance data".
 */
import type { Severity, Status } from '../findings/index.ts';
import { escaped, type SafeText, say } from '../text/index.ts';
import { dayMs, daysUntil, timeLeft } from '../time/index.ts';

/** What the line says about one environment. The status of `check` has it, and so has that of the running service. */
export interface PluginFacts {
  readonly name: string;
  readonly status: Status;
  readonly credentialConfigured: boolean;
  readonly expiresAt?: Date;
  /** They apply to the days left. */
  readonly thresholds: { readonly warningMs: number; readonly criticalMs: number };
  readonly handshake: { readonly last?: { readonly reason?: string; readonly phases: Phases } };
  readonly renewal: { readonly first?: unknown };
  readonly diagnosis: { readonly cause?: unknown; readonly headline: string };
  readonly findings: readonly { readonly code: string; readonly severity: Severity }[];
  /** Why nothing is known of it now. */
  readonly unknown?: string;
}
type Phases = Readonly<Record<string, number | undefined>>;

/** What is certain comes before what is not known, and that before what can wait. */
const worstFirst = ['critical', 'unknown', 'warning', 'ok'] as const;
const standingOf = ({ status, unknown }: PluginFacts) => (unknown === undefined ? status : 'unknown');

/** `ok` for an empty list. */
export const worstStanding = (environments: readonly PluginFacts[]): (typeof worstFirst)[number] =>
  worstFirst.find((standing) => environments.some((each) => standingOf(each) === standing)) ?? 'ok';

/** What `check --format nagios` prints. */
export function nagiosLine(environments: readonly PluginFacts[], now: Date): SafeText {
  const worst = worstStanding(environments);
  const sorted = worstFirst.flatMap((standing) => environments.filter((each) => standingOf(each) === standing));
  const text = sorted.map((environment) => sentenceOf(environment, now)).join('; ');
  const data = environments.flatMap((environment) => performanceData(environment, now)).join(' ');
  return say`${worst.toUpperCase()} - ${oneLine(text)}${data && `|${data}`}\n`;
}

/** The plugin's output if nothing could be checked; used with exit code 3. */
export function nagiosUnknown(why: string): SafeText {
  return say`UNKNOWN - ${oneLine(why)}\n`;
}

function sentenceOf(environment: PluginFacts, now: Date): string {
  if (environment.unknown !== undefined) return `${environment.name} ${environment.unknown}`;
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
function performanceData(
  { credentialConfigured, expiresAt, handshake, name, thresholds }: PluginFacts,
  now: Date,
): string[] {
  const days = expiresAt ? daysUntil(expiresAt, now) : 'U';
  const bounds = `;${bound(thresholds.warningMs)};${bound(thresholds.criticalMs)}`;
  return [
    ...(credentialConfigured ? [`${label(`${name}_days`)}=${days}${bounds}`] : []),
    ...(handshake.last ? [`${label(`${name}_handshake`)}=${seconds(handshake.last.phases)};;;0`] : []),
  ];
}

const bound = (ms: number) => `${Number((ms / dayMs).toFixed(3))}:`;

/** The total of the phases that were reached. */
function seconds(phases: Phases): string {
  const reached = Object.values(phases).filter((phase) => phase !== undefined);
  return reached.length === 0 ? 'U' : `${reached.reduce((sum, phase) => sum + phase, 0).toFixed(3)}s`;
}

/** A label can contain anything except `=`; a quote in it is doubled. */
const label = (name: string) => `'${oneLine(name).replaceAll('=', '_').replaceAll("'", "''")}'`;
/** `|` would start the performance data, and a line break the long text. */
const oneLine = (text: string) => escaped(text).replaceAll('|', '/');
