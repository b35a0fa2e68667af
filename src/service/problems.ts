import { ConfigurationError, SourceError } from '../config/index.ts';
import { StoreError } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { ListenError } from '../web/index.ts';

/** Problems that an operator can fix. Anything else that is thrown is a bug. */
export type ServiceProblem = ConfigurationError | StoreError | SourceError | ListenError | ResourceShortageError;

const problems = [ConfigurationError, StoreError, SourceError, ListenError, ResourceShortageError];

/** Whether an error is one that the operator can fix, rather than a bug. */
export function isServiceProblem(error: unknown): error is ServiceProblem {
  return problems.some((kind) => error instanceof kind);
}

/** The fields to log for an error. Only a bug gets a stack trace. */
export function describe(error: unknown): Record<string, unknown> {
  if (error instanceof ConfigurationError) return { code: error.code, problems: error.problems };
  if (isServiceProblem(error)) return { code: error.code, error: error.message };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: `${name}: ${message}`, stack };
}
