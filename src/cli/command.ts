import type { Variables } from '../config/index.ts';
import { MonitorError } from '../errors/index.ts';
import type { SafeText } from '../text/index.ts';

/** What a command may touch of the world besides files: passed in, so that transcripts of the CLI can be tests. */
export interface CommandIo {
  /** Writes the text as it is: lines bring their own line end. */
  readonly stdout: (text: SafeText) => void;
  readonly stderr: (text: SafeText) => void;
  readonly env: Variables;
  readonly now: () => Date;
  readonly colour: boolean;
  /** Width of the terminal in columns; 100 where there is none. */
  readonly columns: number;
  /** Asks for a secret that a person types unseen, or reads it from standard input. @throws {UsageError} */
  readonly askSecret?: (name: string) => Promise<string>;
  /** How many bytes have been written to stderr that nobody has read yet; 0 where that is not known. */
  readonly unread?: () => number;
}

/** The monitoring-plugin exit codes. */
export const exitCode = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Bad usage or unreadable input: printed on stderr without a stack, exit 3. */
export class UsageError extends MonitorError {
  override readonly code = 'ERR_USAGE';
  declare readonly message: SafeText;

  constructor(message: SafeText) {
    super(message);
  }
}
