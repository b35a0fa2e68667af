/** One line for each change of state. A check with the same result as the last one is not logged. */
import { type Logger, pino } from 'pino';
import type { Finding, Severity, Status } from '../findings/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { escaped, escapedLines, type SafeText } from '../text/index.ts';

export type Level = 'info' | 'warn' | 'error';
export type Log = Pick<Logger, Level>;

export interface Line {
  readonly level: Level;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * JSON lines with RFC 3339 time. All text in them is escaped.
 * @param write - gets one line with its line break.
 * @param unread - how many bytes of the log have not been read yet. If nobody reads it any more, lines beyond 1 MiB are left out and
 * counted, rather than kept in memory.
 */
export function createLog(write: (line: SafeText) => void, unread = () => 0): Log {
  let leftOut = 0;
  const log: Log = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => shown(fields) as Record<string, unknown>,
      },
    },
    {
      write: (line: string) => {
        if (unread() > mostUnreadBytes) {
          leftOut += 1;
          return;
        }
        const lines = leftOut;
        leftOut = 0;
        if (lines > 0) log.warn({ lines }, 'lines were left out: nobody read the log');
        write(escapedLines(line));
      },
    },
  );
  return log;
}

const mostUnreadBytes = 1024 * 1024;

/** A stack trace keeps its line breaks, which are escaped in JSON. */
function shown(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return key === 'stack' ? escapedLines(value) : escaped(value);
  if (Array.isArray(value)) return value.map((each) => shown(each));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [escaped(name), shown(each, name)]));
}

/** Values with their own JSON form, such as a Date or a Secret, keep it. */
const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const levelOfSeverity: Readonly<Record<Severity, Level>> = { info: 'info', warning: 'warn', critical: 'error' };
const levelOfStatus: Readonly<Record<Status, Level>> = { ok: 'info', warning: 'warn', critical: 'error' };

/** The log lines for a change from one status to another. `before` is undefined for a new environment. */
export function changes(before: EnvironmentStatus | undefined, after: EnvironmentStatus): Line[] {
  const lines = [
    ...findingChanges(before?.findings ?? [], after.findings),
    ...handshakeChange(before, after),
    ...renewalChange(before, after),
    ...statusChange(before, after),
  ];
  return lines.map((line) => ({ ...line, fields: { environment: after.name, ...line.fields } }));
}

function findingChanges(before: readonly Finding[], after: readonly Finding[]): Line[] {
  // Without the message, which contains the number of days and so changes daily.
  const identity = ({ code, subject }: Finding) => JSON.stringify([code, subject]);
  const asTold = (each: Finding) => `${identity(each)} ${each.severity}`;
  const [known, standing] = [new Set(before.map(asTold)), new Set(after.map(identity))];
  const fields = ({ code, severity, subject, message, consequenceOf }: Finding) => ({
    code,
    severity,
    ...(subject === undefined ? {} : { subject }),
    ...(consequenceOf === undefined ? {} : { consequenceOf }),
    finding: message,
  });
  return [
    ...before
      .filter((each) => !standing.has(identity(each)))
      .map((each): Line => ({ level: 'info', fields: fields(each), message: 'finding cleared' })),
    ...after
      .filter((each) => !known.has(asTold(each)))
      .map((each): Line => ({ level: levelOfSeverity[each.severity], fields: fields(each), message: 'finding' })),
  ];
}

function handshakeChange(before: EnvironmentStatus | undefined, after: EnvironmentStatus): Line[] {
  const [was, is] = [before?.handshake.last, after.handshake.last];
  if (!is || (was?.outcome === is.outcome && was.reason === is.reason)) return [];
  const { outcome, reason, detail, httpStatus } = is;
  if (outcome === 'success') return [{ level: 'info', fields: { httpStatus }, message: 'handshake succeeds' }];
  return [{ level: 'error', fields: { reason, detail, httpStatus }, message: 'handshake fails' }];
}

function renewalChange(before: EnvironmentStatus | undefined, after: EnvironmentStatus): Line[] {
  const [from, to] = [before?.renewal.state ?? 'not_due', after.renewal.state];
  if (from === to) return [];
  const level = to === 'failed' || to === 'uncertain' ? 'warn' : 'info';
  return [{ level, fields: { from, to, reason: after.renewal.reason }, message: 'renewal state' }];
}

function statusChange(before: EnvironmentStatus | undefined, after: EnvironmentStatus): Line[] {
  // An environment that has not been checked yet has no status to report.
  const from = before?.lastRunAt ? before.status : undefined;
  if (!after.lastRunAt || from === after.status) return [];
  return [{ level: levelOfStatus[after.status], fields: { from, to: after.status }, message: 'status' }];
}
