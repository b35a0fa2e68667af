/** One line for each change of state, none for a check that found what the one before it found. */
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
 * JSON lines with RFC 3339 time. Every text in a line is escaped, whoever wrote it.
 * @param write - takes one line with its end.
 * @param unread - how many bytes of them wait to be read. Whoever reads the log may have stopped: beyond a mebibyte lines are left out,
 * and counted, rather than kept in memory for ever.
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

/** Of a stack the line ends stay; in JSON they begin no line of their own. */
function shown(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return key === 'stack' ? escapedLines(value) : escaped(value);
  if (Array.isArray(value)) return value.map((each) => shown(each));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [escaped(name), shown(each, name)]));
}

/** What has a form of its own in JSON, like a Date or a Secret, keeps it. */
const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const levelOfSeverity: Readonly<Record<Severity, Level>> = { info: 'info', warning: 'warn', critical: 'error' };
const levelOfStatus: Readonly<Record<Status, Level>> = { ok: 'info', warning: 'warn', critical: 'error' };

/** What is to be said when one status follows another. `before` is absent for an environment that is new. */
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
  // Not the message: it counts the days.
  const identity = ({ code, severity, subject }: Finding) => JSON.stringify([code, severity, subject]);
  const [known, standing] = [new Set(before.map(identity)), new Set(after.map(identity))];
  const fields = ({ code, severity, subject, message }: Finding) => ({
    code,
    severity,
    ...(subject === undefined ? {} : { subject }),
    finding: message,
  });
  return [
    ...before
      .filter((each) => !standing.has(identity(each)))
      .map((each): Line => ({ level: 'info', fields: fields(each), message: 'finding cleared' })),
    ...after
      .filter((each) => !known.has(identity(each)))
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
  // An environment that has not been checked has no status to speak of.
  const from = before?.lastRunAt ? before.status : undefined;
  if (!after.lastRunAt || from === after.status) return [];
  return [{ level: levelOfStatus[after.status], fields: { from, to: after.status }, message: 'status' }];
}
