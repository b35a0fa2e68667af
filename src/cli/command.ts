import type { Variables } from '../config/index.ts';
import { MonitorError } from '../errors/index.ts';
import type { SafeText } from '../text/index.ts';

/** What a command can use other than files. It is passed in, so that tests can record transcripts. */
export interface CommandIo {
  /** Writes the text as it is; lines include their line break. */
  readonly stdout: (text: SafeText) => void;
  readonly stderr: (text: SafeText) => void;
  readonly env: Variables;
  readonly now: () => Date;
  readonly colour: boolean;
  /** Width of the terminal in columns, or 100 if there is none. */
  readonly columns: number;
  /** Replaces the one line on the terminal that says what is waited for, or takes it away; absent if stderr is no terminal. */
  readonly status?: (line: SafeText | undefined) => void;
  /** Asks a question at the terminal; absent if there is none. @throws {UsageError} */
  readonly ask?: (question: SafeText) => Promise<string>;
  /** Reads a secret from the terminal without showing it, or from standard input. @throws {UsageError} */
  readonly askSecret?: (name: string) => Promise<string>;
  /** Standard input as the content of a file; absent if there is none. @throws {UsageError} if it is longer than a file may be. */
  readonly stdin?: () => Promise<Buffer>;
  /** How many bytes written to stderr have not been read yet. */
  readonly unread?: () => number;
}

/** The monitoring-plugin exit codes. */
export const exitCode = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Wrong usage or unreadable input: printed on stderr without a stack trace, exit code 3. */
export class UsageError extends MonitorError {
  override readonly code = 'ERR_USAGE';
  declare readonly message: SafeText;

  constructor(message: SafeText) {
    super(message);
  }
}

/** The bytes that replace the last line of a terminal: to its beginning, delete it, and what there is to say without filling the line. */
export const statusLine = (line: SafeText | undefined, columns: number): string =>
  `\r\u001b[K${(line ?? '').slice(0, columns - 1)}`;
