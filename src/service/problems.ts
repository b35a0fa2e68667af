import { ConfigurationError, SourceError } from '../config/index.ts';
import { StoreError } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { ListenError } from '../web/index.ts';

/** What an operator can put right. Everything else that is thrown is a bug. */
export type ServiceProblem = ConfigurationError | StoreError | SourceError | ListenError | ResourceShortageError;

const problems = [ConfigurationError, StoreError, SourceError, ListenError, ResourceShortageError];

/** Whether an error is the operator's to put right, and not a bug. */
export function isServiceProblem(error: unknown): error is ServiceProblem {
  return problems.some((kind) => error instanceof kind);
}

/** What the log may know of an error: a stack only where it is a bug. */
export function describe(error: unknown): Record<string, unknown> {
  if (error instanceof ConfigurationError) return { code: error.code, problems: error.problems };
  if (isServiceProblem(error)) return { code: error.code, error: error.message };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: `${name}: ${message}`, stack };
}
