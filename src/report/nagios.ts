/**
 * For monitoring plugins (Nagios, Icinga, Checkmk, Zabbix): one line with what is wrong first and performance data, and long text if that is too little.
 * Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Performance data".
 */
import type { Severity, Status } from '../findings/index.ts';
import { escaped, joined, type SafeText, say } from '../text/index.ts';
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

/**
 * What `check --format nagios` prints: within {@link mostBytes}. Where not all of it fits on the first line, the worst stand there and the rest are
 * counted; the others follow as long text. The data keep the order of the configuration, so that graphs stay what they are.
 */
export function nagiosLine(environments: readonly PluginFacts[], now: Date): SafeText {
  const worst = worstStanding(environments);
  const sorted = worstFirst.flatMap((standing) => environments.filter((each) => standingOf(each) === standing));
  const sentences = sorted.map((environment) => oneLine(sentenceOf(environment, now)));
  const lead = `${worst.toUpperCase()} - `;
  const first = fitting(sentences, mostFirstLineBytes - bytes(lead) - countBytes, '; ');
  const rest = sorted.slice(first.length);
  const text = `${lead}${first.join('; ')}${rest.length > 0 ? `; and ${counts(rest)}` : ''}`;
  const data = fitting(
    environments.flatMap((environment) => performanceData(environment, now).join(' ') || []),
    mostBytes - bytes(text) - (rest.length > 0 ? longTextBytes : lineEndBytes),
    ' ',
  );
  const head = `${text}${data.length > 0 ? `|${data.join(' ')}` : ''}`;
  return joined([say`${head}\n`, ...longText(sentences.slice(first.length), mostBytes - bytes(head) - lineEndBytes)]);
}

/** What Nagios Core reads of a plugin's output, by its documentation; later versions read twice as much. */
const mostBytes = 4096;
/** The rest is for graphs, and for whoever opens the service in Nagios. */
const mostFirstLineBytes = 1024;
/** Is kept free for the long text, where there is one. */
const longTextBytes = 1024;
const countBytes = 80;
const lineEndBytes = 1;

const bytes = (text: string) => Buffer.byteLength(text);

/** The first of them that fit; of the very first at least its beginning. */
function fitting(texts: readonly string[], most: number, between: string): string[] {
  const taken: string[] = [];
  let left = most;
  for (const text of texts) {
    left -= bytes(text) + bytes(between);
    if (left < 0) break;
    taken.push(text);
  }
  const [only] = texts;
  return taken.length > 0 || only === undefined || between === ' ' ? taken : [cut(only, most)];
}

function cut(text: string, most: number): string {
  let kept = text.slice(0, most - 3);
  while (bytes(kept) > most - 3) kept = kept.slice(0, -1);
  return `${kept.toWellFormed()}...`;
}

/** `12 more: 2 critical, 10 ok` */
function counts(environments: readonly PluginFacts[]): string {
  const each = worstFirst.flatMap((standing) => {
    const count = environments.filter((environment) => standingOf(environment) === standing).length;
    return count > 0 ? [`${count} ${standing}`] : [];
  });
  return `${environments.length} more: ${each.join(', ')}`;
}

/** A line for each that fits, and how many do not. */
function longText(sentences: readonly string[], most: number): SafeText[] {
  const fit = fitting(sentences, most - countBytes, '\n').slice(0, sentences.length);
  const missing = sentences.length - fit.length;
  return [...fit.map((line) => say`${line}\n`), ...(missing > 0 ? [say`(${missing} more are not shown)\n`] : [])];
}

/** The plugin's output if nothing could be checked; used with exit code 3. @param why - what helps may be on its later lines */
export function nagiosUnknown(why: SafeText): SafeText {
  const lead = 'UNKNOWN - ';
  const text = oneLine(
    why
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join('. ')
      .replaceAll('.. ', '. '),
  );
  const most = mostFirstLineBytes - bytes(lead);
  return say`${lead}${bytes(text) > most ? cut(text, most) : text}\n`;
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
